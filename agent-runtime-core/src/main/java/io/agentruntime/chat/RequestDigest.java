package io.agentruntime.chat;

import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.request.json.JsonNullSchema;
import dev.langchain4j.model.chat.request.json.JsonObjectSchema;
import java.lang.reflect.Field;
import java.lang.reflect.InaccessibleObjectException;
import java.lang.reflect.Modifier;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A SHA-256 over values, to their last detail: no two that differ have the same, and what cannot be read exactly has none. */
final class RequestDigest {

    /*
     * Objects of LangChain4j and parameters of any provider are read field by field, not by accessors, equals or toString: those leave
     * things out, today or in a later version, and then two requests would share an answer. Nothing else is trusted to be what its
     * fields say, except records.
     *
     * A value begins with a tag, a text with its length, and a list, a map and an object end with a tag that no value begins with: so
     * one sequence of bytes is made by one value only. Texts go in as UTF-16, which is what they are; UTF-8 has no way to write half of
     * a pair of surrogates. The order of a map does not count, except that of the properties of a schema, which models follow.
     */
    private static final int DEEPEST = 100;
    private static final int MOST = 1_000_000;
    private static final Set<Class<?>> SIMPLE = Set.of(
            Boolean.class,
            Character.class,
            Byte.class,
            Short.class,
            Integer.class,
            Long.class,
            Float.class,
            Double.class,
            BigInteger.class,
            BigDecimal.class);

    private static final ClassValue<List<Field>> FIELDS = new ClassValue<>() {
        @Override
        protected List<Field> computeValue(Class<?> type) {
            return fields(type);
        }
    };

    private final MessageDigest digest = sha256();
    private final byte[] buffer = new byte[8192];
    private int filled;
    private int values;

    private RequestDigest() {}

    /** Says that a value cannot be told from all others; names its class at most, never what it says. */
    static final class InexactException extends Exception {

        private static final long serialVersionUID = 1L;

        InexactException(String reason) {
            super(reason, null, false, false);
        }
    }

    /** Gives the digest of the values in their order, in hexadecimal. */
    static String of(@Nullable Object... all) throws InexactException {
        RequestDigest digest = new RequestDigest();
        try {
            digest.value(Arrays.asList(all), 0);
        } catch (RuntimeException e) { // of a collection that changes while it is read
            throw new InexactException(e.getClass().getName());
        }
        digest.flush();
        return HexFormat.of().formatHex(digest.digest.digest());
    }

    private void value(@Nullable Object value, int depth) throws InexactException {
        if (++values > MOST || depth > DEEPEST) {
            throw new InexactException("more than can be read");
        } else if (value == null) {
            put('0');
        } else if (value instanceof String text) {
            put('s');
            text(text);
        } else if (value instanceof Enum<?> constant) {
            put('e');
            text(constant.getDeclaringClass().getName());
            text(constant.name());
        } else if (value instanceof byte[] bytes) {
            put('b');
            text(HexFormat.of().formatHex(bytes));
        } else if (value instanceof List<?> list) {
            list(list, depth);
        } else if (value instanceof Map<?, ?> map) {
            map(sorted(map), depth);
        } else if (SIMPLE.contains(value.getClass()) || isWhole(value)) {
            put('v');
            text(value.getClass().getName());
            text(value.toString());
        } else {
            object(value, depth);
        }
    }

    /** What another address leads to may change, and is no part of the request. */
    private static boolean isWhole(Object value) {
        return value instanceof URI address && "data".equalsIgnoreCase(address.getScheme());
    }

    private void list(List<?> list, int depth) throws InexactException {
        put('l');
        for (Object element : list) {
            value(element, depth + 1);
        }
        put('.');
    }

    private static Map<?, ?> sorted(Map<?, ?> map) throws InexactException {
        Map<String, @Nullable Object> sorted = new TreeMap<>();
        for (Map.Entry<?, ?> entry : map.entrySet()) {
            if (!(entry.getKey() instanceof String key)) {
                throw new InexactException("a map whose keys are no texts");
            }
            sorted.put(key, entry.getValue());
        }
        return sorted;
    }

    private void map(Map<?, ?> map, int depth) throws InexactException {
        put('m');
        for (Map.Entry<?, ?> entry : map.entrySet()) {
            value(entry.getKey(), depth + 1);
            value(entry.getValue(), depth + 1);
        }
        put('.');
    }

    private void object(Object object, int depth) throws InexactException {
        Class<?> type = object.getClass();
        List<Field> fields = FIELDS.get(type);
        if (!isReadable(type) || (fields.isEmpty() && type != JsonNullSchema.class)) {
            throw new InexactException(type.getName());
        }
        put('o');
        text(type.getName());
        for (Field field : fields) {
            Object value = read(field, object);
            text(field.getDeclaringClass().getName());
            text(field.getName());
            if (value instanceof Map<?, ?> map && field.getDeclaringClass() == JsonObjectSchema.class) {
                map(map, depth + 1);
            } else {
                value(value, depth + 1);
            }
        }
        put('.');
    }

    private static boolean isReadable(Class<?> type) {
        boolean known = type.getName().startsWith("dev.langchain4j.")
                || ChatRequestParameters.class.isAssignableFrom(type)
                || type.isRecord();
        return known && !type.isHidden() && !type.isSynthetic() && !type.isAnonymousClass();
    }

    private static @Nullable Object read(Field field, Object object) throws InexactException {
        try {
            return field.get(object);
        } catch (IllegalAccessException e) {
            throw new InexactException(object.getClass().getName());
        }
    }

    /** Gives the fields of a class and those above it, in an order that is always the same; none if they may not be read. */
    private static List<Field> fields(Class<?> type) {
        List<Field> fields = new ArrayList<>();
        for (Class<?> owner = type; owner != null; owner = owner.getSuperclass()) {
            for (Field field : owner.getDeclaredFields()) {
                if (!Modifier.isStatic(field.getModifiers())) {
                    fields.add(field);
                }
            }
        }
        try {
            fields.forEach(field -> field.setAccessible(true));
        } catch (InaccessibleObjectException
                | SecurityException e) { // of a module that is closed to us: nothing is exact then
            return List.of();
        }
        fields.sort(
                Comparator.comparing((Field field) -> field.getDeclaringClass().getName())
                        .thenComparing(Field::getName));
        return List.copyOf(fields);
    }

    private void text(String text) {
        int length = text.length();
        for (int shift = 24; shift >= 0; shift -= 8) {
            put(length >>> shift);
        }
        for (int i = 0; i < length; i++) {
            char unit = text.charAt(i);
            put(unit >>> 8);
            put(unit);
        }
    }

    private void put(int octet) {
        if (filled == buffer.length) {
            flush();
        }
        buffer[filled++] = (byte) octet;
    }

    private void flush() {
        digest.update(buffer, 0, filled);
        filled = 0;
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
