package io.agentruntime.testkit.gcs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The rules of the JSON API that stores rely on, by plain HTTP. */
class GcsServerTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String OBJECTS = "/storage/v1/b/bucket/o";

    private final HttpClient http = HttpClient.newHttpClient();
    private GcsServer server;

    @BeforeEach
    void start() throws IOException {
        server = GcsServer.start("bucket");
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private HttpResponse<String> send(String method, String path, String body, String... headers)
            throws IOException, InterruptedException {
        URI uri = path.startsWith("http") ? URI.create(path) : server.endpoint().resolve(path);
        HttpRequest.Builder request = HttpRequest.newBuilder(uri).method(method, BodyPublishers.ofString(body));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return http.send(request.build(), BodyHandlers.ofString());
    }

    private HttpResponse<String> upload(String name, String content, String query) throws Exception {
        String body = "--b\r\nContent-Type: application/json\r\n\r\n{\"name\":\"" + name
                + "\"}\r\n--b\r\nContent-Type: text/plain\r\n\r\n" + content + "\r\n--b--\r\n";
        String path = "/upload" + OBJECTS + "?uploadType=multipart" + query;
        return send("POST", path, body, "Content-Type", "multipart/related; boundary=b");
    }

    @Test
    void upload_conditions_areKept() throws Exception {
        HttpResponse<String> first = upload("a/b", "one", "&ifGenerationMatch=0");
        assertThat(first.statusCode()).isEqualTo(200);
        String generation = JSON.readTree(first.body()).path("generation").asText();
        assertThat(upload("a/b", "two", "&ifGenerationMatch=0").statusCode()).isEqualTo(412);
        assertThat(upload("a/b", "two", "&ifGenerationMatch=7").statusCode()).isEqualTo(412);
        assertThat(upload("a/b", "two", "&ifGenerationNotMatch=" + generation).statusCode())
                .isEqualTo(412);
        assertThat(upload("a/b", "two", "&ifGenerationMatch=" + generation).statusCode())
                .isEqualTo(200);
        assertThat(server.generations("a/b")).isEqualTo(2);
        assertThat(send("GET", OBJECTS + "/a%2Fb?generation=" + generation, "").statusCode())
                .as("no versioning")
                .isEqualTo(404);
        assertThat(send("DELETE", OBJECTS + "/a%2Fb?ifGenerationMatch=" + generation, "")
                        .statusCode())
                .isEqualTo(412);
        assertThat(send("DELETE", OBJECTS + "/a%2Fb", "").statusCode()).isEqualTo(204);
        assertThat(send("DELETE", OBJECTS + "/a%2Fb", "").statusCode()).isEqualTo(404);
    }

    @Test
    void update_changesTheMetagenerationOnly() throws Exception {
        JsonNode before = JSON.readTree(upload("a", "one", "").body());
        String patch = "{\"metadata\":{\"k\":\"v\"}}";
        JsonNode after = JSON.readTree(
                send("POST", OBJECTS + "/a?ifMetagenerationMatch=1", patch, "X-HTTP-Method-Override", "PATCH")
                        .body());
        assertThat(after.path("generation")).isEqualTo(before.path("generation"));
        assertThat(after.path("metageneration").asText()).isEqualTo("2");
        assertThat(after.path("metadata").path("k").asText()).isEqualTo("v");
        assertThat(send("PATCH", OBJECTS + "/a?ifMetagenerationMatch=1", patch).statusCode())
                .isEqualTo(412);
    }

    @Test
    void pieces_areTakenOnceAndInOrder() throws Exception {
        HttpResponse<String> start = send("POST", "/upload" + OBJECTS + "?uploadType=resumable&name=a", "{}");
        String location = start.headers().firstValue("Location").orElseThrow();
        assertThat(send("PUT", location, "", "Content-Range", "bytes */*")
                        .headers()
                        .firstValue("Range"))
                .isEmpty();
        assertThat(send("PUT", location, "0123", "Content-Range", "bytes 0-3/*").statusCode())
                .isEqualTo(308);
        assertThat(send("PUT", location, "2345", "Content-Range", "bytes 2-5/*")
                        .headers()
                        .firstValue("Range"))
                .hasValue("bytes=0-5");
        assertThat(send("PUT", location, "89", "Content-Range", "bytes 8-9/*").statusCode())
                .as("a gap")
                .isEqualTo(400);
        HttpResponse<String> last = send("PUT", location, "67", "Content-Range", "bytes 6-7/8");
        assertThat(last.statusCode()).isEqualTo(200);
        assertThat(send("PUT", location, "", "Content-Range", "bytes */8").body())
                .as("asked again")
                .isEqualTo(last.body());
        assertThat(send("GET", "/download" + OBJECTS + "/a?alt=media", "").body())
                .isEqualTo("01234567");
        assertThat(server.generations("a")).isOne();
    }

    @Test
    void download_ofAPart_hasItsStatus() throws Exception {
        upload("a", "0123456789", "");
        String path = "/download" + OBJECTS + "/a?alt=media";
        HttpResponse<String> part = send("GET", path, "", "Range", "bytes=3-5");
        assertThat(part.statusCode()).isEqualTo(206);
        assertThat(part.body()).isEqualTo("345");
        assertThat(part.headers().firstValue("Content-Range")).hasValue("bytes 3-5/10");
        assertThat(part.headers().firstValue("x-goog-hash").orElseThrow()).startsWith("crc32c=KAwGng==,md5=");
        assertThat(send("GET", path, "", "Range", "bytes=8-").body()).isEqualTo("89");
        assertThat(send("GET", path, "", "Range", "bytes=10-").statusCode()).isEqualTo(416);
    }

    @Test
    void list_inPages_hasPrefixesAndFolders() throws Exception {
        for (String name : List.of("a/1", "a/2", "a/b/3", "a/b/4", "b/5")) {
            server.store(name, new byte[1]);
        }
        JsonNode first = JSON.readTree(
                send("GET", OBJECTS + "?prefix=a/&maxResults=3", "").body());
        assertThat(names(first)).containsExactly("a/1", "a/2", "a/b/3");
        String next = first.path("nextPageToken").asText();
        JsonNode second = JSON.readTree(send("GET", OBJECTS + "?prefix=a/&maxResults=3&pageToken=" + next, "")
                .body());
        assertThat(names(second)).containsExactly("a/b/4");
        assertThat(second.has("nextPageToken")).isFalse();
        JsonNode folders = JSON.readTree(
                send("GET", OBJECTS + "?prefix=a/&delimiter=/", "").body());
        assertThat(names(folders)).containsExactly("a/1", "a/2");
        assertThat(folders.path("prefixes").toString()).isEqualTo("[\"a/b/\"]");
    }

    private static List<String> names(JsonNode page) {
        return StreamSupport.stream(page.path("items").spliterator(), false)
                .map(item -> item.path("name").asText())
                .toList();
    }

    @Test
    void copy_conditions_areThoseOfSourceAndTarget() throws Exception {
        upload("a", "one", "");
        String copy = OBJECTS + "/a/rewriteTo/b/bucket/o/c%2Fd";
        assertThat(send("POST", copy + "?ifSourceGenerationMatch=7", "").statusCode())
                .isEqualTo(412);
        JsonNode copied =
                JSON.readTree(send("POST", copy + "?ifGenerationMatch=0", "").body());
        assertThat(copied.path("done").asBoolean()).isTrue();
        assertThat(copied.path("resource").path("name").asText()).isEqualTo("c/d");
        assertThat(send("POST", copy + "?ifGenerationMatch=0", "").statusCode()).isEqualTo(412);
    }

    @Test
    void script_faults_happenOnceEach() throws Exception {
        server.script(GcsOperation.UPLOAD, GcsFault.status(503), GcsFault.done(GcsFault.status(502)));
        assertThat(upload("a", "one", "").statusCode()).isEqualTo(503);
        assertThat(server.generations("a")).isZero();
        assertThat(upload("a", "one", "").statusCode()).isEqualTo(502);
        assertThat(server.generations("a")).isOne();
        server.script(GcsOperation.UPLOAD, GcsFault.reset());
        assertThatThrownBy(() -> upload("a", "two", "")).isInstanceOf(IOException.class);
        server.script(GcsOperation.DOWNLOAD, GcsFault.truncated());
        String path = "/download" + OBJECTS + "/a?alt=media";
        assertThatThrownBy(() -> send("GET", path, "")).isInstanceOf(IOException.class);
        assertThat(send("GET", path, "").body()).isEqualTo("one");
        assertThat(server.requests(GcsOperation.UPLOAD)).isEqualTo(3);
        assertThat(send("GET", "/storage/v1/b/other/o/a", "").statusCode()).isEqualTo(404);
    }
}
