package io.agentruntime.chat;

import java.util.List;
import java.util.Map;

/** The head of one answer. The names of the headers are as the provider wrote them, in lower case over HTTP/2. */
record WireAnswer(int status, Map<String, List<String>> headers) {}
