package io.agentruntime.gcs;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.net.URLDecoder;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** What the client asks for; the name is empty if it is not in the path; an upload has two parts, the resource and the content. */
record GcsRequest(Operation operation, String name, Map<String, String> query, List<byte[]> parts) {

    enum Operation {
        UPLOAD,
        HEAD,
        DOWNLOAD,
        DELETE,
        LIST,
        UNKNOWN
    }

    private static final Pattern PATH =
            Pattern.compile("(/upload|/download|)/storage/v1/b/" + GcsServer.BUCKET + "/o(?:/([^/]+))?");

    static GcsRequest read(HttpExchange exchange) throws IOException {
        byte[] body = exchange.getRequestBody().readAllBytes();
        String rawQuery = String.valueOf(exchange.getRequestURI().getRawQuery());
        Map<String, String> query = Arrays.stream(rawQuery.split("&"))
                .map(pair -> pair.split("=", 2))
                .collect(Collectors.toMap(pair -> pair[0], pair -> pair.length < 2 ? "" : decode(pair[1])));
        Matcher path = PATH.matcher(exchange.getRequestURI().getRawPath());
        if (!path.matches()) {
            return new GcsRequest(Operation.UNKNOWN, "", query, List.of());
        }
        String name = path.group(2) == null ? "" : decode(path.group(2));
        Operation operation = operation(exchange.getRequestMethod() + path.group(1), name.isEmpty(), query);
        return operation == Operation.UPLOAD
                ? multipart(exchange.getRequestHeaders().getFirst("Content-Type"), body, query)
                : new GcsRequest(operation, name, query, List.of());
    }

    private static Operation operation(String call, boolean wholeBucket, Map<String, String> query) {
        return switch (call) {
            case "POST/upload" -> "multipart".equals(query.get("uploadType")) ? Operation.UPLOAD : Operation.UNKNOWN;
            case "GET/download" -> "media".equals(query.get("alt")) ? Operation.DOWNLOAD : Operation.UNKNOWN;
            case "GET" -> wholeBucket ? Operation.LIST : Operation.HEAD;
            case "DELETE" -> Operation.DELETE;
            default -> Operation.UNKNOWN;
        };
    }

    /** The body has two parts, each with headers and an empty line: the resource as JSON, and the content. */
    private static GcsRequest multipart(String contentType, byte[] body, Map<String, String> query) {
        String text = new String(body, ISO_8859_1);
        String boundary = "\r\n--" + contentType.replaceFirst(".*boundary=\"?([^\";]+).*", "$1");
        int resource = text.indexOf("\r\n\r\n") + 4;
        int second = text.indexOf(boundary, resource);
        int content = text.indexOf("\r\n\r\n", second) + 4;
        int end = text.lastIndexOf(boundary + "--");
        List<byte[]> parts =
                List.of(Arrays.copyOfRange(body, resource, second), Arrays.copyOfRange(body, content, end));
        return new GcsRequest(Operation.UPLOAD, "", query, parts);
    }

    private static String decode(String text) {
        return URLDecoder.decode(text.replace("+", "%2B"), UTF_8);
    }
}
