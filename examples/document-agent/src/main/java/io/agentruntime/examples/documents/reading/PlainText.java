package io.agentruntime.examples.documents.reading;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** Decodes UTF-8 text and tells text from binary content. */
final class PlainText {
    private static final char BYTE_ORDER_MARK = '\uFEFF';

    private PlainText() {}

    static String read(String name, byte[] bytes) {
        return checked(name, decode(name, bytes));
    }

    /** Returns the text without a byte order mark and with plain line ends, or throws if it holds control characters. */
    static String checked(String name, String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (Character.isISOControl(c) && "\t\n\r\f\u0085".indexOf(c) < 0) {
                throw binary(name, String.format("control character 0x%02X at position %d", (int) c, i));
            }
        }
        String withoutMark = !text.isEmpty() && text.charAt(0) == BYTE_ORDER_MARK ? text.substring(1) : text;
        return withoutMark.replaceAll("\\R", "\n");
    }

    static DocumentException binary(String name, String found) {
        return new DocumentException(name, "not a text file, " + found);
    }

    private static String decode(String name, byte[] bytes) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new DocumentException(name, "not a text file, its bytes are not UTF-8", e);
        }
    }
}
