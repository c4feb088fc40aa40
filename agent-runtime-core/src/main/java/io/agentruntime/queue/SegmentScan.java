package io.agentruntime.queue;

import java.io.IOException;
import java.util.List;

/** Reads a whole segment, and finds every record in it that is intact, whatever lies between. */
final class SegmentScan {

    private final RecordWindow window;
    private final RecordIndex index = new RecordIndex();
    private int at = RecordFormat.FILE_HEAD;
    private int damageFrom = -1;
    private long corruptRecords;
    private long tornBytes;

    private SegmentScan(long segment, byte[] bytes) {
        this.window = new RecordWindow(segment, 0, bytes, bytes.length);
    }

    /** Loads a segment with its acknowledgements, and counts the damage in it. */
    static Segment load(JournalFolder folder, long first, Damage damage) throws IOException {
        byte[] bytes = folder.readRecords(first);
        int version = RecordFormat.version(bytes);
        if (version > RecordFormat.VERSION) {
            throw new IOException(String.format(
                    "'%s' has format %d, and this version of the library reads up to %d",
                    folder.records(first), version, RecordFormat.VERSION));
        }
        SegmentScan scan = new SegmentScan(first, bytes);
        scan.run(version > 0);
        damage.found(folder.records(first), scan.corruptRecords, scan.tornBytes);
        Segment segment = new Segment(first, scan.index, bytes.length);
        byte[] acknowledgements = folder.readAcknowledgements(first);
        List<Acknowledgement> whole = Acknowledgement.decode(first, acknowledgements);
        long damaged = acknowledgements.length - (long) whole.size() * Acknowledgement.LENGTH;
        damage.found(folder.acknowledgements(first), 0, damaged);
        whole.forEach(segment::forget);
        segment.acknowledged(acknowledgements.length - acknowledgements.length % Acknowledgement.LENGTH);
        return segment;
    }

    private void run(boolean headIsWhole) {
        if (!headIsWhole) {
            tornBytes += RecordFormat.FILE_HEAD;
        }
        long last = window.segment() - 1;
        while (at < window.length()) {
            if (window.hasHead(at) && window.sequence(at) > last && fits()) {
                last = window.sequence(at);
                takeRecord();
            } else { // its length cannot be trusted: the next record may begin anywhere
                damageFrom = damageFrom < 0 ? at : damageFrom;
                at++;
            }
        }
        if (damageFrom >= 0) { // nothing follows: the end of the file was never written, or lost
            tornBytes += window.length() - damageFrom;
        }
    }

    private boolean fits() {
        return window.recordLength(at) <= window.length() - at;
    }

    private void takeRecord() {
        if (damageFrom >= 0) {
            corruptRecords++;
            damageFrom = -1;
        }
        int length = window.recordLength(at);
        if (window.hasRecord(at)) {
            index.add((int) (window.sequence(at) - window.segment()), at, length);
        } else {
            corruptRecords++;
        }
        at += length;
    }
}
