package io.agentruntime.examples.documents;

import java.nio.file.Path;

/**
 * A file to be read.
 *
 * @param name the stable name of the document: the path as the user gave it, with {@code /} between its parts
 * @param path where the file is
 */
record DocumentFile(String name, Path path) {}
