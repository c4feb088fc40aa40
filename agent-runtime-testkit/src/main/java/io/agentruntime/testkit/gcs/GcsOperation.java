package io.agentruntime.testkit.gcs;

/** What a client may ask of a {@link GcsServer}. */
public enum GcsOperation {
    /** Store an object by one request. */
    UPLOAD,
    /** Begin an upload that comes in pieces. */
    START,
    /** Send a piece of such an upload, or ask how much of it has arrived. */
    PIECE,
    /** Tell what is known of an object. */
    HEAD,
    /** Send the bytes of an object, or some of them. */
    DOWNLOAD,
    /** Change what is known of an object. */
    UPDATE,
    /** Remove an object. */
    DELETE,
    /** List objects, one page. */
    LIST,
    /** Copy an object. */
    COPY,
    /** Do several of these; they are counted one by one as well, and do not fail by themselves. */
    BATCH,
    /** Anything else, which is answered with 404. */
    UNKNOWN
}
