package io.agentruntime.storage;

import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * Keeps each blob in a file whose path is the blob's name.
 *
 * <p>Temporary files live in a folder of their own, whose name no blob can have: a blob's name never begins with a dot.
 */
final class FileBlobStore implements BlobStore {

    private static final String INCOMING = ".incoming";

    private final Path root;
    private final Path incoming;

    private FileBlobStore(Path root) {
        this.root = root;
        this.incoming = root.resolve(INCOMING);
    }

    static FileBlobStore open(Path root) {
        FileBlobStore store = new FileBlobStore(root.toAbsolutePath().normalize());
        try {
            Files.createDirectories(store.incoming);
            Path probe = store.newTemporaryFile(new byte[0]);
            Files.delete(probe);
            return store;
        } catch (IOException e) {
            throw failure("cannot use the folder", root.toString(), e);
        }
    }

    @Override
    public void put(BlobName name, byte[] content) {
        Path file = file(name);
        try {
            Path temporary = newTemporaryFile(content);
            try {
                Files.createDirectories(parent(file));
                Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            } finally {
                Files.deleteIfExists(temporary);
            }
            forceFolder(parent(file));
        } catch (IOException e) {
            throw failure("cannot write the blob", name.path(), e);
        }
    }

    private Path newTemporaryFile(byte[] content) throws IOException {
        Path file = incoming.resolve(UUID.randomUUID().toString());
        try (FileChannel channel = FileChannel.open(file, CREATE_NEW, WRITE)) {
            ByteBuffer bytes = ByteBuffer.wrap(content);
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        } catch (IOException e) {
            Files.deleteIfExists(file);
            throw e;
        }
        return file;
    }

    /** Makes the move itself survive a crash of the machine. Windows has no such call on folders, and needs none. */
    private static void forceFolder(Path folder) throws IOException {
        if (folder.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            try (FileChannel channel = FileChannel.open(folder, READ)) {
                channel.force(true);
            }
        }
    }

    @Override
    public Optional<byte[]> get(BlobName name) {
        Path file = file(name);
        try {
            return Files.isDirectory(file) ? Optional.empty() : Optional.of(Files.readAllBytes(file));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            if (isBelowABlob(file)) { // the system's error for this has no type of its own
                return Optional.empty();
            }
            throw failure("cannot read the blob", name.path(), e);
        }
    }

    private boolean isBelowABlob(Path file) {
        for (Path above = parent(file); !above.equals(root); above = parent(above)) {
            if (Files.isRegularFile(above)) {
                return true;
            }
        }
        return false;
    }

    @Override
    public boolean delete(BlobName name) {
        try {
            Path file = file(name);
            return Files.isRegularFile(file) && Files.deleteIfExists(file);
        } catch (IOException e) {
            throw failure("cannot delete the blob", name.path(), e);
        }
    }

    @Override
    public List<BlobName> list(BlobName folder) {
        Path start = file(folder);
        if (!Files.isDirectory(start)) {
            return List.of();
        }
        List<BlobName> blobs = new ArrayList<>();
        try {
            Files.walkFileTree(start, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                    String path = pathInRoot(file);
                    if (attributes.isRegularFile() && BlobName.isPath(path)) { // what is not ours is not listed
                        blobs.add(BlobName.parse(path));
                    }
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
                    if (e instanceof NoSuchFileException) { // deleted since its folder was read
                        return FileVisitResult.CONTINUE;
                    }
                    throw e;
                }
            });
        } catch (IOException e) {
            throw failure("cannot list the folder", folder.path(), e);
        }
        blobs.sort(null);
        return List.copyOf(blobs);
    }

    private String pathInRoot(Path file) {
        return root.relativize(file).toString().replace('\\', '/');
    }

    private Path file(BlobName name) {
        return root.resolve(name.path());
    }

    private static Path parent(Path file) {
        return java.util.Objects.requireNonNull(file.getParent(), "every blob lies below the root");
    }

    private static StorageException failure(String what, String where, Exception e) {
        String why = e instanceof AccessDeniedException
                ? "permission denied"
                : e instanceof FileSystemException f && f.getReason() != null ? f.getReason() : e.toString();
        return new StorageException(what + " '" + where + "': " + why, e, !(e instanceof AccessDeniedException));
    }
}
