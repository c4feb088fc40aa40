package io.agentruntime.testkit.gcs;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The objects of buckets without versioning, by the rules of the JSON API for generations and preconditions. Thread-safe. */
final class GcsObjects {

    private static final Pattern BYTES = Pattern.compile("bytes=(\\d+)-(\\d*)");

    private final ReentrantLock lock = new ReentrantLock();
    private final TreeMap<String, GcsObject> live = new TreeMap<>();
    private final Map<String, GcsUpload> uploads = new HashMap<>();
    private final Map<String, Integer> generations = new ConcurrentHashMap<>();
    private final Set<String> buckets;
    private final Path folder;
    private final int pageSize;
    private long lastGeneration = System.currentTimeMillis() * 1_000;

    GcsObjects(Set<String> buckets, Path folder, int pageSize) {
        this.buckets = buckets;
        this.folder = folder;
        this.pageSize = pageSize;
    }

    GcsReply answer(GcsRequest request) {
        lock.lock();
        try {
            if (!buckets.contains(request.bucket())) {
                return GcsReply.error(404, "notFound");
            }
            return switch (request.operation()) {
                case UPLOAD -> upload(request);
                case START -> start(request);
                case PIECE -> piece(request);
                case LIST -> list(request);
                case HEAD, DOWNLOAD, UPDATE, DELETE, COPY -> onExisting(request, live.get(request.id()));
                case BATCH, UNKNOWN -> GcsReply.error(404, "notFound");
            };
        } catch (IOException e) {
            return GcsReply.error(400, "invalid");
        } finally {
            lock.unlock();
        }
    }

    private GcsReply upload(GcsRequest request) throws IOException {
        boolean media = "media".equals(request.query("uploadType", ""));
        List<byte[]> parts = media ? List.of() : request.parts();
        JsonNode facts = media ? request.json() : GcsReply.JSON.readTree(GcsRequest.content(parts.get(0)));
        GcsContent content = GcsContent.of(media ? request.body() : GcsRequest.content(parts.get(1)));
        String name = request.query("name").orElse(facts.path("name").asText());
        return create(request, request.bucket() + "/" + name, facts, content);
    }

    private GcsReply start(GcsRequest request) throws IOException {
        String upload = UUID.randomUUID().toString();
        GcsUpload begun = new GcsUpload(request, folder.resolve(upload));
        if (!meets(request, "if", live.get(begun.id()))) {
            return GcsReply.error(412, "conditionNotMet");
        }
        uploads.put(upload, begun);
        String location = "http://" + request.header("host").orElse("") + "/upload/storage/v1/b/" + request.bucket()
                + "/o?uploadType=resumable&upload_id=" + upload;
        return GcsReply.empty(200, Map.of("Location", location, "X-GUploader-UploadID", upload));
    }

    private GcsReply piece(GcsRequest request) throws IOException {
        GcsUpload upload = uploads.get(request.query("upload_id", ""));
        if (upload == null) {
            return GcsReply.error(404, "notFound");
        }
        if (upload.end().isPresent()) {
            return upload.end().get();
        }
        Optional<GcsContent> whole = upload.take(request);
        if (whole.isEmpty()) {
            return upload.more();
        }
        String crc = whole.get().hashes().crc32c();
        if (request.header("x-goog-hash").filter(hash -> !hash.contains(crc)).isPresent()) {
            return upload.end(GcsReply.error(400, "invalid"));
        }
        return upload.end(create(upload.start(), upload.id(), upload.facts(), whole.get()));
    }

    private GcsReply create(GcsRequest conditions, String id, JsonNode facts, GcsContent content) {
        if (!meets(conditions, "if", live.get(id))) {
            return GcsReply.error(412, "conditionNotMet");
        }
        GcsObject object = object(id, facts, content);
        String said = facts.path("crc32c").asText(object.hashes().crc32c());
        return said.equals(object.hashes().crc32c())
                ? GcsReply.json(keep(object).json())
                : GcsReply.error(400, "invalid");
    }

    private GcsObject object(String id, JsonNode facts, GcsContent content) {
        return new GcsObject(id, ++lastGeneration, 1, facts, content, content.hashes());
    }

    private GcsObject keep(GcsObject object) {
        live.put(object.id(), object);
        generations.merge(object.id(), 1, Integer::sum);
        return object;
    }

    private GcsReply onExisting(GcsRequest request, @Nullable GcsObject stored) throws IOException {
        boolean copy = request.operation() == GcsOperation.COPY;
        String generation = request.query(copy ? "sourceGeneration" : "generation", "");
        if (stored == null || !(generation.isEmpty() || generation.equals(Long.toString(stored.generation())))) {
            return GcsReply.error(404, "notFound");
        }
        if (!meets(request, copy ? "ifSource" : "if", stored)) {
            return GcsReply.error(412, "conditionNotMet");
        }
        return switch (request.operation()) {
            case DOWNLOAD -> download(request, stored);
            case UPDATE -> update(stored.updated(request.json()));
            case DELETE -> delete(stored);
            case COPY -> copy(request, stored);
            default -> GcsReply.json(stored.json());
        };
    }

    private GcsReply update(GcsObject updated) {
        live.put(updated.id(), updated);
        return GcsReply.json(updated.json());
    }

    private GcsReply delete(GcsObject stored) {
        live.remove(stored.id());
        return GcsReply.empty(204, Map.of());
    }

    private GcsReply copy(GcsRequest request, GcsObject source) throws IOException {
        if (!meets(request, "if", live.get(request.target()))) {
            return GcsReply.error(412, "conditionNotMet");
        }
        JsonNode facts = request.json().isEmpty() ? source.facts() : request.json();
        GcsObject copy = keep(object(request.target(), facts, source.content()));
        String size = Long.toString(source.content().size());
        ObjectNode answer = GcsReply.JSON.createObjectNode().put("kind", "storage#rewriteResponse");
        answer.put("totalBytesRewritten", size).put("objectSize", size).put("done", true);
        answer.set("resource", copy.json());
        return GcsReply.json(answer);
    }

    private static GcsReply download(GcsRequest request, GcsObject stored) {
        Map<String, String> headers = stored.headers();
        long size = stored.content().size();
        Matcher range = BYTES.matcher(request.header("range").orElse(""));
        if (!range.matches()) {
            return new GcsReply(200, headers, stored.content(), 0, size);
        }
        long from = Long.parseLong(range.group(1));
        if (from >= size) {
            return GcsReply.empty(416, Map.of("Content-Range", "bytes */" + size));
        }
        long to = range.group(2).isEmpty() ? size : Math.min(size, Long.parseLong(range.group(2)) + 1);
        headers.put("Content-Range", "bytes " + from + "-" + (to - 1) + "/" + size);
        return new GcsReply(206, headers, stored.content(), from, to - from);
    }

    private GcsReply list(GcsRequest request) {
        String bucket = request.bucket() + "/";
        String prefix = bucket + request.query("prefix", "");
        String delimiter = request.query("delimiter", "");
        int most = Math.min(pageSize, Integer.parseInt(request.query("maxResults", "1000")));
        ObjectNode answer = GcsReply.JSON.createObjectNode().put("kind", "storage#objects");
        ArrayNode items = answer.putArray("items");
        Set<String> folders = new TreeSet<>();
        for (GcsObject object : new ArrayList<>(live.tailMap(prefix, true).values())) {
            boolean seen = object.name().compareTo(request.query("pageToken", "")) <= 0
                    || object.name().compareTo(request.query("startOffset", "")) < 0;
            if (!object.id().startsWith(prefix) || seen) {
                continue;
            }
            if (items.size() + folders.size() == most) {
                String last = items.get(items.size() - 1).path("name").asText();
                answer.put("nextPageToken", last);
                break;
            }
            int end = delimiter.isEmpty() ? -1 : object.id().indexOf(delimiter, prefix.length());
            if (end < 0) {
                items.add(object.json());
            } else {
                folders.add(object.id().substring(bucket.length(), end + delimiter.length()));
            }
        }
        folders.forEach(answer.withArray("prefixes")::add);
        return GcsReply.json(answer);
    }

    private static boolean meets(GcsRequest request, String prefix, @Nullable GcsObject stored) {
        long generation = stored == null ? 0 : stored.generation();
        long metageneration = stored == null ? 0 : stored.metageneration();
        return is(request.query(prefix + "GenerationMatch"), generation, true)
                && is(request.query(prefix + "GenerationNotMatch"), generation, false)
                && is(request.query(prefix + "MetagenerationMatch"), metageneration, true)
                && is(request.query(prefix + "MetagenerationNotMatch"), metageneration, false);
    }

    private static boolean is(Optional<String> condition, long actual, boolean expected) {
        return condition.isEmpty() || condition.get().equals(Long.toString(actual)) == expected;
    }

    int generations(String id) {
        return generations.getOrDefault(id, 0);
    }

    Optional<GcsObject> find(String id) {
        lock.lock();
        try {
            return Optional.ofNullable(live.get(id));
        } finally {
            lock.unlock();
        }
    }

    void store(String id, byte[] content) {
        lock.lock();
        try {
            keep(object(id, GcsReply.JSON.createObjectNode(), GcsContent.of(content)));
        } finally {
            lock.unlock();
        }
    }

    /** Changes the bytes of an object, but not its checksums, and so not as an upload would. */
    void damage(String id, UnaryOperator<byte[]> change) {
        lock.lock();
        try {
            live.computeIfPresent(id, (same, object) -> {
                byte[] bytes = object.content().bytes(0, object.content().size());
                GcsContent damaged = GcsContent.of(change.apply(bytes));
                return new GcsObject(
                        id, object.generation(), object.metageneration(), object.facts(), damaged, object.hashes());
            });
        } finally {
            lock.unlock();
        }
    }

    List<String> names(String bucket) {
        lock.lock();
        try {
            return live.values().stream()
                    .filter(object -> object.bucket().equals(bucket))
                    .map(GcsObject::name)
                    .toList();
        } finally {
            lock.unlock();
        }
    }
}
