package io.agentruntime.chat;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.langchain4j.http.client.FormDataFile;
import dev.langchain4j.http.client.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** The body of a request with form data: {@code multipart/form-data} after RFC 7578. */
record MultipartForm(String boundary, List<byte[]> parts) {

    private static final String LINE = "\r\n";

    static MultipartForm of(HttpRequest request) {
        MultipartForm form = new MultipartForm("agentruntime-" + UUID.randomUUID(), new ArrayList<>());
        request.formDataFields().forEach(form::addField);
        request.formDataFiles().forEach(form::addFile);
        form.add("--" + form.boundary + "--" + LINE);
        return form;
    }

    String contentType() {
        return "multipart/form-data; boundary=" + boundary;
    }

    /** Of known length, which some providers ask for. */
    BodyPublisher publisher() {
        long length = parts.stream().mapToLong(part -> part.length).sum();
        return BodyPublishers.fromPublisher(BodyPublishers.ofByteArrays(parts), length);
    }

    private void addField(String name, String value) {
        add(head(name) + LINE + LINE + value + LINE);
    }

    private void addFile(String name, FormDataFile file) {
        String type = file.contentType();
        add(head(name) + "; filename=\"" + quoted(String.valueOf(file.fileName())) + "\"" + LINE
                + (type == null || type.isBlank() ? "" : "Content-Type: " + type + LINE) + LINE);
        parts.add(file.content());
        add(LINE);
    }

    private String head(String name) {
        return "--" + boundary + LINE + "Content-Disposition: form-data; name=\"" + quoted(name) + "\"";
    }

    /** As browsers do it. */
    private static String quoted(String name) {
        return name.replace("\r", "%0D").replace("\n", "%0A").replace("\"", "%22");
    }

    private void add(String text) {
        parts.add(text.getBytes(UTF_8));
    }
}
