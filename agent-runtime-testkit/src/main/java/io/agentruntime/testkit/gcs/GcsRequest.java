package io.agentruntime.testkit.gcs;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLDecoder;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;

/** What a client asks for. The name is empty if it is not in the path; the target is empty unless it is a copy. */
final class GcsRequest {

    private static final Pattern PATH = Pattern.compile(
            "(/upload|/download|)/storage/v1/b/([^/]+)/o(?:/([^/]+)(?:/rewriteTo/b/([^/]+)/o/([^/]+))?)?");

    private final GcsOperation operation;
    private final String id;
    private final String target;
    private final Map<String, String> query;
    private final Map<String, String> headers;
    private final byte[] body;

    private GcsRequest(String method, URI uri, Map<String, String> headers, byte[] body) {
        this.headers = headers;
        this.body = body;
        this.query = parameters(String.valueOf(uri.getRawQuery()));
        Matcher path = PATH.matcher(uri.getRawPath());
        boolean known = path.matches();
        this.id = known ? decode(path.group(2)) + "/" + group(path, 3) : "";
        this.target = known ? group(path, 4) + "/" + group(path, 5) : "";
        String call = method + (known ? path.group(1) : uri.getRawPath());
        this.operation = known || call.startsWith("POST/batch/") ? operation(call) : GcsOperation.UNKNOWN;
    }

    static GcsRequest read(HttpExchange exchange) throws IOException {
        Map<String, String> headers = new HashMap<>();
        exchange.getRequestHeaders().forEach((name, values) -> headers.put(lower(name), values.get(0)));
        try (InputStream body = exchange.getRequestBody()) {
            byte[] bytes = "gzip".equals(headers.get("content-encoding"))
                    ? new GZIPInputStream(body).readAllBytes()
                    : body.readAllBytes();
            String method = headers.getOrDefault("x-http-method-override", exchange.getRequestMethod());
            return new GcsRequest(method, exchange.getRequestURI(), headers, bytes);
        }
    }

    /** Reads a request that is a part of a batch: its first line, headers, an empty line and the body. */
    static GcsRequest parse(byte[] part) {
        String[] text = new String(part, ISO_8859_1).split("\r\n\r\n", 2);
        List<String> lines = text[0].lines().toList();
        String[] first = lines.get(0).split(" ", -1);
        Map<String, String> headers = headers(lines.stream().skip(1));
        String body = text.length < 2 ? "" : text[1];
        String method = headers.getOrDefault("x-http-method-override", first[0]);
        return new GcsRequest(method, URI.create(first[1]), headers, body.getBytes(ISO_8859_1));
    }

    private static Map<String, String> headers(Stream<String> lines) {
        Map<String, String> headers = new HashMap<>();
        lines.map(line -> line.split(": ?", 2)).forEach(pair -> headers.put(lower(pair[0]), pair[1]));
        return headers;
    }

    private GcsOperation operation(String call) {
        boolean hasName = !id.endsWith("/");
        return switch (call) {
            case "POST/upload" ->
                "resumable".equals(query.get("uploadType")) ? GcsOperation.START : GcsOperation.UPLOAD;
            case "PUT/upload" -> GcsOperation.PIECE;
            case "GET/download" -> GcsOperation.DOWNLOAD;
            case "GET" ->
                !hasName
                        ? GcsOperation.LIST
                        : "media".equals(query.get("alt")) ? GcsOperation.DOWNLOAD : GcsOperation.HEAD;
            case "DELETE" -> GcsOperation.DELETE;
            case "PATCH" -> GcsOperation.UPDATE;
            case "POST" -> target.equals("/") ? GcsOperation.UNKNOWN : GcsOperation.COPY;
            case "POST/batch/storage/v1" -> GcsOperation.BATCH;
            default -> GcsOperation.UNKNOWN;
        };
    }

    GcsOperation operation() {
        return operation;
    }

    /** The bucket and the name, as in {@code bucket/name}. */
    String id() {
        return id;
    }

    String bucket() {
        return id.substring(0, Math.max(0, id.indexOf('/')));
    }

    /** The bucket and the name of a copy. */
    String target() {
        return target;
    }

    String query(String name, String otherwise) {
        return query.getOrDefault(name, otherwise);
    }

    Optional<String> query(String name) {
        return Optional.ofNullable(query.get(name));
    }

    Optional<String> header(String name) {
        return Optional.ofNullable(headers.get(name));
    }

    byte[] body() {
        return body;
    }

    /** The body as JSON; an empty object if it is empty. */
    JsonNode json() throws IOException {
        return body.length == 0 ? GcsReply.JSON.createObjectNode() : GcsReply.JSON.readTree(body);
    }

    /** The parts of a body of several, with their headers and an empty line each. */
    List<byte[]> parts() {
        String text = "\r\n" + new String(body, ISO_8859_1);
        String boundary = "\r\n--" + header("content-type").orElse("").replaceFirst(".*boundary=\"?([^\";]+).*", "$1");
        String[] parts = text.split(Pattern.quote(boundary), -1);
        return Arrays.stream(parts, 1, parts.length - 1)
                .map(part -> part.substring(part.indexOf("\r\n") + 2).getBytes(ISO_8859_1))
                .toList();
    }

    /** What stands after the first empty line. */
    static byte[] content(byte[] part) {
        String text = new String(part, ISO_8859_1);
        return text.substring(text.indexOf("\r\n\r\n") + 4).getBytes(ISO_8859_1);
    }

    /** What stands before it. */
    static Map<String, String> headers(byte[] part) {
        String text = new String(part, ISO_8859_1);
        return headers(text.substring(0, text.indexOf("\r\n\r\n")).lines());
    }

    private static Map<String, String> parameters(String raw) {
        Map<String, String> query = new HashMap<>();
        for (String pair : raw.split("&", -1)) {
            String[] parts = pair.split("=", 2);
            query.put(parts[0], parts.length < 2 ? "" : decode(parts[1]));
        }
        return query;
    }

    private static String group(Matcher path, int number) {
        return path.group(number) == null ? "" : decode(path.group(number));
    }

    private static String decode(String text) {
        return URLDecoder.decode(text.replace("+", "%2B"), UTF_8);
    }

    private static String lower(String text) {
        return text.toLowerCase(Locale.ROOT);
    }
}
