package io.agentruntime.storage;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * Walks through a folder in the order of the blobs' paths. It holds the names of the entries of one folder per level, and no folder open.
 */
final class FileListing extends Spliterators.AbstractSpliterator<BlobName> {

    /** Something in a folder; the path of a folder ends in a slash, which puts the entries in the order of the paths in them. */
    private record Entry(String path, Path file) {
        boolean isFolder() {
            return path.endsWith("/");
        }
    }

    private final Deque<Entry> todo = new ArrayDeque<>();

    private FileListing() {
        super(Long.MAX_VALUE, Spliterator.DISTINCT | Spliterator.ORDERED | Spliterator.NONNULL);
    }

    /** Lists a folder by its path, which ends in a slash unless it is that of the root and empty. */
    static Stream<BlobName> of(Path folder, String path) {
        FileListing listing = new FileListing();
        listing.open(new Entry(path, folder));
        return StreamSupport.stream(listing, false);
    }

    @Override
    public boolean tryAdvance(Consumer<? super BlobName> action) {
        while (!todo.isEmpty()) {
            Entry next = todo.pop();
            if (!next.isFolder()) {
                action.accept(BlobName.parse(next.path()));
                return true;
            }
            open(next);
        }
        return false;
    }

    private void open(Entry folder) {
        List<Entry> entries = entries(folder);
        for (int i = entries.size() - 1; i >= 0; i--) {
            todo.push(entries.get(i));
        }
    }

    private static List<Entry> entries(Entry folder) {
        try (Stream<Path> files = Files.list(folder.file())) {
            return files.flatMap(file -> entry(folder.path(), file).stream())
                    .sorted((a, b) -> a.path().compareTo(b.path()))
                    .toList();
        } catch (NoSuchFileException | NotDirectoryException e) { // none, or removed since it was seen
            return List.of();
        } catch (IOException e) {
            throw Failures.of("list '" + folder.path() + "'", folder.file(), e);
        }
    }

    private static Optional<Entry> entry(String folder, Path file) {
        String name = String.valueOf(file.getFileName());
        boolean isFolder = Files.isDirectory(file);
        return (isFolder ? FileNames.folder(name).map(segment -> segment + "/") : FileNames.blob(name))
                .map(segment -> new Entry(folder + segment, file)) // what is not ours is not listed
                .filter(entry -> isFolder || BlobName.isPath(entry.path()));
    }
}
