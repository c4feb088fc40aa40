package io.agentruntime.testkit;

import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.request.DefaultChatRequestParameters;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Parameters of a provider of its own, with something that no other provider has. */
final class ContractParameters extends DefaultChatRequestParameters {

    private final @Nullable String region;

    private ContractParameters(Builder builder) {
        super(builder);
        this.region = builder.region;
    }

    /** What the model under the decorator begins with. */
    static ContractParameters defaults() {
        return new Builder()
                .modelName("contract-model")
                .temperature(0.5)
                .region("north")
                .build();
    }

    static ContractParameters of(String region) {
        return new Builder().region(region).build();
    }

    @Nullable
    String region() {
        return region;
    }

    @Override
    public ContractParameters overrideWith(ChatRequestParameters that) {
        return new Builder().overrideWith(this).overrideWith(that).build();
    }

    @Override
    public ContractParameters defaultedBy(ChatRequestParameters that) {
        return new Builder().overrideWith(that).overrideWith(this).build();
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof ContractParameters that && super.equals(that) && Objects.equals(region, that.region);
    }

    @Override
    public int hashCode() {
        return Objects.hash(super.hashCode(), region);
    }

    private static final class Builder extends DefaultChatRequestParameters.Builder<Builder> {

        private @Nullable String region;

        Builder region(@Nullable String name) {
            region = name;
            return this;
        }

        @Override
        public Builder overrideWith(ChatRequestParameters that) {
            super.overrideWith(that);
            if (that instanceof ContractParameters ours && ours.region != null) {
                region = ours.region;
            }
            return this;
        }

        @Override
        public ContractParameters build() {
            return new ContractParameters(this);
        }
    }
}
