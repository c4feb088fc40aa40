package io.agentruntime.examples.documents.reading;

import java.nio.file.Path;

/**
 * A file to be read. Immutable.
 *
 * @param name the stable name of the document: the path as the user gave it, with {@code /} between its parts
 * @param path where the file is
 */
public record DocumentFile(String name, Path path) {}
