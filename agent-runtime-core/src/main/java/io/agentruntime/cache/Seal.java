package io.agentruntime.cache;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/** Tells whether bytes are as they were written: a SHA-256, or with a secret an HMAC, which only its owner can make. */
final class Seal {

    static final int LENGTH = 32;

    private final @Nullable SecretKeySpec secret;

    Seal(byte @Nullable [] secret) {
        this.secret = secret == null ? null : new SecretKeySpec(secret, "HmacSHA256");
    }

    /** The seal of everything from an offset on. */
    byte[] of(byte[] bytes, int offset) {
        try {
            if (secret == null) {
                MessageDigest digest = MessageDigest.getInstance("SHA-256");
                digest.update(bytes, offset, bytes.length - offset);
                return digest.digest();
            }
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(secret);
            mac.update(bytes, offset, bytes.length - offset);
            return mac.doFinal();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has SHA-256 and its HMAC", e);
        }
    }
}
