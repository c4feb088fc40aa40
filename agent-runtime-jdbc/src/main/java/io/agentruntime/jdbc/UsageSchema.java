package io.agentruntime.jdbc;

import java.util.List;

/** The shape of a usage store. */
final class UsageSchema {

    private static final String CREATE_EVENT = """
            CREATE TABLE usage_event (
                event_id UUID PRIMARY KEY,
                ended_at TIMESTAMP_NS NOT NULL,
                organisation VARCHAR NOT NULL,
                feature VARCHAR NOT NULL,
                user_id VARCHAR,
                session_id VARCHAR,
                request_id VARCHAR,
                provider VARCHAR NOT NULL,
                model VARCHAR NOT NULL,
                input_tokens BIGINT NOT NULL,
                output_tokens BIGINT NOT NULL,
                cache_read_tokens BIGINT NOT NULL,
                total_tokens BIGINT NOT NULL,
                quality VARCHAR NOT NULL,
                outcome VARCHAR NOT NULL,
                cache_write_tokens BIGINT DEFAULT 0,
                reasoning_tokens BIGINT DEFAULT 0,
                requested_model VARCHAR,
                attempts INTEGER DEFAULT 1,
                duration_ns BIGINT DEFAULT 0,
                metadata MAP(VARCHAR, VARCHAR)
            )""";

    /** What version 2 brought, in the order of the columns of a new table; a column with a constraint cannot be added. */
    private static final List<String> FROM_1_TO_2 = List.of(
            "ALTER TABLE usage_event RENAME COLUMN cached_tokens TO cache_read_tokens",
            "ALTER TABLE usage_event ADD COLUMN cache_write_tokens BIGINT DEFAULT 0",
            "ALTER TABLE usage_event ADD COLUMN reasoning_tokens BIGINT DEFAULT 0",
            "ALTER TABLE usage_event ADD COLUMN requested_model VARCHAR",
            "ALTER TABLE usage_event ADD COLUMN attempts INTEGER DEFAULT 1",
            "ALTER TABLE usage_event ADD COLUMN duration_ns BIGINT DEFAULT 0",
            "ALTER TABLE usage_event ADD COLUMN metadata MAP(VARCHAR, VARCHAR)",
            // version 1 took counts whose parts were larger than their wholes
            """
            UPDATE usage_event SET requested_model = model,
                cache_read_tokens = least(cache_read_tokens, input_tokens),
                total_tokens = greatest(total_tokens,
                    least(input_tokens::HUGEINT + output_tokens, 9223372036854775807)::BIGINT)""");

    /** Version 3 has the same columns, and rows with the outcome CACHED: whoever does not know that would take them for calls. */
    private static final List<String> FROM_2_TO_3 = List.of();

    static final StoreSchema SCHEMA = new StoreSchema(
            "usage store", "usage_event", "usage_schema_version", CREATE_EVENT, List.of(FROM_1_TO_2, FROM_2_TO_3));

    private UsageSchema() {}
}
