package io.agentruntime.storage;

import static java.nio.file.StandardOpenOption.READ;
import static java.util.Objects.requireNonNull;

import io.agentruntime.storage.BlobFile.DamagedException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Keeps each blob in a file of its own: {@link FileNames} says where, {@link BlobFile} in which format.
 *
 * <p>A blob is written to a temporary file beside all blobs and moved into place under the folder's lock. Readers need no lock: they keep
 * the file that they have opened, whatever is moved into its place. Folders are made and removed under the lock only, so that none
 * disappears between being made and being used.
 */
final class FileBlobStore implements BlobStore {

    /** What is done with a blob's file while it is open. */
    private interface Reading<T> {
        T read(FileChannel file, BlobInfo info) throws IOException, DamagedException;
    }

    private final Path root;
    private final IncomingFiles incoming;
    private final FolderLock lock;

    private FileBlobStore(Path root, IncomingFiles incoming, FolderLock lock) {
        this.root = root;
        this.incoming = incoming;
        this.lock = lock;
    }

    static FileBlobStore open(Path folder) {
        Path root = folder.toAbsolutePath().normalize();
        try {
            IncomingFiles incoming = IncomingFiles.open(root);
            return new FileBlobStore(root, incoming, FolderLock.in(incoming.folder()));
        } catch (IOException e) {
            throw Failures.of("keep blobs", root, e);
        }
    }

    @Override
    public BlobInfo put(BlobName name, InputStream content, PutOptions options) {
        Path target = FileNames.file(root, requireNonNull(name, "name"));
        Precondition precondition = options.precondition();
        try (IncomingFiles.Incoming file = incoming.create()) {
            BlobInfo info = BlobFile.write(file.channel(), name, content, options);
            file.finish();
            boolean newFolder = lock.hold(() -> {
                check(name, precondition);
                return moveInto(target, file.path());
            });
            forceFolders(target, newFolder);
            return info;
        } catch (IOException e) {
            throw Failures.of("write '" + name + "'", root, e);
        }
    }

    private boolean moveInto(Path target, Path file) throws IOException {
        boolean newFolder = !Files.isDirectory(parent(target));
        Files.createDirectories(parent(target));
        Files.move(file, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        return newFolder;
    }

    private void check(BlobName name, Precondition precondition) throws IOException {
        if (precondition.kind() != Precondition.Kind.NONE) {
            String current = version(name);
            if (!precondition.holds(current)) {
                throw Failures.refused(name.path(), root, precondition, current);
            }
        }
    }

    /** Gives the stored version, or null if there is no blob; what is damaged has a version that nobody knows. */
    private @Nullable String version(BlobName name) throws IOException {
        try (FileChannel file = FileChannel.open(FileNames.file(root, name), READ)) {
            return BlobFile.info(file, name).version();
        } catch (NoSuchFileException e) {
            return null;
        } catch (DamagedException e) {
            return "(corrupt)";
        }
    }

    /** Makes moves and removals survive a crash of the machine. Windows has no such call on folders, and needs none. */
    private void forceFolders(Path changed, boolean all) throws IOException {
        if (!root.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            return;
        }
        boolean more = true;
        for (Path folder = changed; more; ) {
            folder = parent(folder);
            more = (!force(folder) || all) && !folder.equals(root);
        }
    }

    /** Says whether the folder is still there; one that got empty was removed, which the one above it knows. */
    private static boolean force(Path folder) throws IOException {
        try (FileChannel channel = FileChannel.open(folder, READ)) {
            channel.force(true);
            return true;
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    @Override
    public Optional<BlobStream> open(BlobName name) {
        return read(name, false, (file, info) -> {
            file.position(0);
            InputStream bytes = new LimitedStream(Channels.newInputStream(file), info.size());
            return new BlobStream(info, bytes, "'" + name + "' in " + root);
        });
    }

    @Override
    public Optional<byte[]> range(BlobName name, long offset, int length) {
        Failures.checkRange(offset, length);
        return read(name, true, (file, info) -> {
            long rest = Math.max(0, info.size() - offset);
            return BlobFile.read(file, Math.min(offset, info.size()), (int) Math.min(length, rest));
        });
    }

    @Override
    public Optional<BlobInfo> head(BlobName name) {
        return read(name, true, (file, info) -> info);
    }

    private <T> Optional<T> read(BlobName name, boolean close, Reading<T> reading) {
        requireNonNull(name, "name");
        try {
            FileChannel file = FileChannel.open(FileNames.file(root, name), READ);
            boolean done = false;
            try {
                T result = reading.read(file, BlobFile.info(file, name));
                done = true;
                return Optional.of(result);
            } finally {
                if (close || !done) {
                    file.close();
                }
            }
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (DamagedException e) {
            throw Failures.corrupt(name.path(), root, String.valueOf(e.getMessage()));
        } catch (IOException e) {
            throw Failures.of("read '" + name + "'", root, e);
        }
    }

    @Override
    public boolean delete(BlobName name) {
        return delete(name, Precondition.none());
    }

    @Override
    public boolean delete(BlobName name, String version) {
        return delete(name, Precondition.ifVersion(version));
    }

    private boolean delete(BlobName name, Precondition precondition) {
        Path file = FileNames.file(root, requireNonNull(name, "name"));
        try {
            boolean deleted = lock.hold(() -> {
                if (!Files.isRegularFile(file)) {
                    return false;
                }
                check(name, precondition);
                Files.delete(file);
                deleteEmptyFolders(parent(file));
                return true;
            });
            if (deleted) {
                forceFolders(file, false);
            }
            return deleted;
        } catch (IOException e) {
            throw Failures.of("delete '" + name + "'", root, e);
        }
    }

    private void deleteEmptyFolders(Path lowest) throws IOException {
        try {
            for (Path folder = lowest; !folder.equals(root); folder = parent(folder)) {
                Files.delete(folder);
            }
        } catch (DirectoryNotEmptyException e) {
            return; // still in use, and so are those above it
        }
    }

    @Override
    public Stream<BlobName> list() {
        return FileListing.of(root, "");
    }

    @Override
    public Stream<BlobName> list(BlobName folder) {
        return FileListing.of(FileNames.folder(root, requireNonNull(folder, "folder")), folder.path() + "/");
    }

    private static Path parent(Path file) {
        return requireNonNull(file.getParent(), "every blob lies below the root");
    }

    @Override
    public String toString() {
        return root.toString();
    }
}
