package io.agentruntime.gcs;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.api.client.json.gson.GsonFactory;
import com.google.api.services.storage.model.Objects;
import com.google.api.services.storage.model.StorageObject;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.zip.CRC32C;

/** The objects of a bucket without versioning, with the rules of the JSON API for generations and preconditions. Thread-safe. */
final class GcsObjects {

    static final int PAGE_SIZE = 3;

    private final ReentrantLock lock = new ReentrantLock();
    private final ConcurrentSkipListMap<String, StorageObject> live = new ConcurrentSkipListMap<>();
    private final Map<Long, byte[]> contents = new ConcurrentHashMap<>();
    private final Map<String, Integer> generations = new ConcurrentHashMap<>();
    private long lastGeneration = 1_700_000_000_000_000L;

    GcsReply answer(GcsRequest request) {
        lock.lock();
        try {
            return switch (request.operation()) {
                case UPLOAD -> upload(request);
                case LIST -> list(request.query().get("prefix"), request.query().getOrDefault("pageToken", ""));
                case UNKNOWN -> GcsReply.error(404, "notFound");
                default -> onExisting(request, live.get(request.name()));
            };
        } finally {
            lock.unlock();
        }
    }

    private GcsReply upload(GcsRequest request) {
        try {
            StorageObject object = GsonFactory.getDefaultInstance()
                    .fromString(new String(request.parts().get(0), UTF_8), StorageObject.class);
            if (!meets(request.query().get("ifGenerationMatch"), live.get(object.getName()))) {
                return GcsReply.error(412, "conditionNotMet");
            }
            byte[] content = request.parts().get(1);
            boolean whole = object.getCrc32c() == null || object.getCrc32c().equals(checksum(content));
            return whole ? GcsReply.json(store(object, content)) : GcsReply.error(400, "invalid");
        } catch (IOException e) {
            return GcsReply.error(400, "parseError");
        }
    }

    StorageObject store(StorageObject object, byte[] content) {
        object.setGeneration(++lastGeneration).setMetageneration(1L).setCrc32c(checksum(content));
        object.setBucket(GcsServer.BUCKET).setSize(BigInteger.valueOf(content.length));
        live.put(object.getName(), object);
        contents.put(lastGeneration, content);
        generations.merge(object.getName(), 1, Integer::sum);
        return object;
    }

    private GcsReply onExisting(GcsRequest request, StorageObject stored) {
        if (stored == null || !meets(request.query().get("generation"), stored)) {
            return GcsReply.error(404, "notFound");
        }
        if (!meets(request.query().get("ifGenerationMatch"), stored)) {
            return GcsReply.error(412, "conditionNotMet");
        }
        if (request.operation() == GcsRequest.Operation.DELETE) {
            live.remove(request.name());
            return new GcsReply(204, Map.of(), new byte[0]);
        }
        String hash = "crc32c=" + stored.getCrc32c();
        return request.operation() == GcsRequest.Operation.HEAD
                ? GcsReply.json(stored)
                : new GcsReply(200, Map.of("x-goog-hash", hash), contents.get(stored.getGeneration()));
    }

    private GcsReply list(String prefix, String after) {
        List<StorageObject> found = live.tailMap(after, false).values().stream()
                .filter(object -> object.getName().startsWith(prefix))
                .toList();
        List<StorageObject> page = found.subList(0, Math.min(PAGE_SIZE, found.size()));
        boolean last = page.size() == found.size();
        String next = last ? null : page.get(PAGE_SIZE - 1).getName();
        return GcsReply.json(new Objects().setItems(page).setNextPageToken(next));
    }

    private static boolean meets(String condition, StorageObject stored) {
        long generation = stored == null ? 0 : stored.getGeneration();
        return condition == null || condition.equals(Long.toString(generation));
    }

    private static String checksum(byte[] content) {
        CRC32C checksum = new CRC32C();
        checksum.update(content);
        byte[] bytes = ByteBuffer.allocate(4).putInt((int) checksum.getValue()).array();
        return Base64.getEncoder().encodeToString(bytes);
    }

    /** How often an object of this name was written. */
    int generations(String name) {
        return generations.getOrDefault(name, 0);
    }

    StorageObject resource(String name) {
        return live.get(name);
    }
}
