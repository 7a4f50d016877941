/// Every metric of the worker: the one table that the exposition, the README, the alerts and the dashboard go by.
///
/// Names that start with `messaging_` are OpenTelemetry's (semantic conventions for messaging) in Prometheus' form.
public enum MetricCatalogue {
    public static let all = messaging + requests + broker + store + clock + process

    // MARK: Messaging

    static let consumed = MetricDefinition(
        "messaging_client_consumed_messages_total", .counter,
        labels: ["messaging_destination_name", "messaging_operation_name", "messaging_system"],
        "Messages that the broker has delivered, redeliveries included.")
    static let redelivered = MetricDefinition(
        "refund_worker_redelivered_messages_total", .counter, labels: ["queue"],
        "Delivered messages that had been delivered before.")
    static let sent = MetricDefinition(
        "messaging_client_sent_messages_total", .counter,
        labels: ["messaging_destination_name", "messaging_operation_name", "messaging_system"],
        "Messages that were published, by exchange; repeated publications included.")
    static let processDuration = MetricDefinition(
        "messaging_process_duration_seconds", .stages,
        labels: ["messaging_destination_name", "messaging_operation_name", "messaging_system"],
        "From a message's arrival to the commit of what follows from it.")
    static let operationDuration = MetricDefinition(
        "messaging_client_operation_duration_seconds", .stages,
        labels: ["messaging_operation_name", "messaging_system"], "From a publication to the broker's confirm.")

    static let messaging = [consumed, redelivered, sent, processDuration, operationDuration]

    // MARK: Requests

    static let decisions = MetricDefinition(
        "refund_worker_decisions_total", .counter, labels: ["outcome"],
        "Decisions that customers are told, by outcome.")
    static let reasons = MetricDefinition(
        "refund_worker_decision_reasons_total", .counter, labels: ["code"],
        "Reasons in those decisions, by code; a decision may have several.")
    static let answers = MetricDefinition(
        "refund_worker_answer_seconds", .answers, labels: ["since"],
        "Until the broker has confirmed a customer's final answer: since the request was submitted, and since what led "
            + "to the answer was received.")
    static let deadlines = MetricDefinition(
        "refund_worker_deadlines_total", .counter, labels: ["deadline", "event"],
        "Deadlines that became risky or were missed.")
    static let attention = MetricDefinition(
        "refund_worker_attention_total", .counter, "Times that a case was found to need a person.")
    static let deadLetters = MetricDefinition(
        "refund_worker_dead_letters_total", .counter, labels: ["code", "queue"],
        "Messages that were given to the dead letters, by code and the queue they came from.")
    static let parked = MetricDefinition(
        "refund_worker_parkings_total", .counter, labels: ["code"],
        "Messages that were parked in the store to be tried again, by code.")

    static let requests = [decisions, reasons, answers, deadlines, attention, deadLetters, parked]

    // MARK: The broker

    static let publications = MetricDefinition(
        "refund_worker_publications_total", .counter, labels: ["type", "result"],
        "Publications that the broker has settled: confirmed, returned (no queue takes it) or refused.")
    static let connections = MetricDefinition(
        "refund_worker_connections_total", .counter, labels: ["role", "event"],
        "Connections to the broker that were opened, failed to open, or were lost.")
    static let blocked = MetricDefinition(
        "refund_worker_blocked_seconds_total", .counter, "Time in which the broker took no messages (its alarm).")
    static let laneState = MetricDefinition(
        "refund_worker_lane_state", .gauge, labels: ["lane", "state"],
        "1 for the state that a lane is in, 0 for the others.")

    static let barred = MetricDefinition(
        "refund_worker_barred_messages", .gauge, labels: ["type"],
        "How many of the worker's lanes can't get messages of that type out, while others go on.")

    static let broker = [publications, connections, blocked, laneState, barred]

    // MARK: The store

    static let batches = MetricDefinition(
        "refund_worker_batch_messages", .batches, "Messages decided in one transaction.")
    static let waits = MetricDefinition(
        "refund_worker_wait_seconds", .stages, "From a message's arrival until its batch is worked on.")
    static let commits = MetricDefinition(
        "refund_worker_commit_seconds", .stages, "Time to decide and commit a batch.")
    static let storeFailures = MetricDefinition(
        "refund_worker_store_failures_total", .counter, labels: ["kind"],
        "Orders that the store failed at; they are tried again unless it refuses the data.")
    static let openCases = MetricDefinition(
        "refund_worker_open_cases", .gauge, labels: ["status"], "Open cases in the store, by status.")
    static let overdueCases = MetricDefinition(
        "refund_worker_overdue_cases", .gauge, "Open cases with a deadline that has passed.")
    static let nextDeadline = MetricDefinition(
        "refund_worker_next_deadline_timestamp_seconds", .gauge,
        "The earliest deadline of an open case, in Unix time; 0 when there is none.")
    static let unsent = MetricDefinition(
        "refund_worker_unsent_messages", .gauge,
        "Committed messages that the broker has not confirmed, counted up to 10,000.")
    static let oldestUnsent = MetricDefinition(
        "refund_worker_oldest_unsent_seconds", .gauge, "Age of the oldest of those; 0 when there is none.")
    static let parkedNow = MetricDefinition(
        "refund_worker_parked_messages", .gauge,
        "Messages that wait in the store for their request, counted up to 10,000.")
    static let payoutsPaused = MetricDefinition(
        "refund_worker_payouts_paused", .gauge, "1 while the fleet's payouts are paused, else 0.")
    static let pausedSince = MetricDefinition(
        "refund_worker_payouts_paused_since_timestamp_seconds", .gauge,
        "Since when they are, in Unix time; 0 while they go on.")
    static let withheldPayouts = MetricDefinition(
        "refund_worker_withheld_payouts", .gauge, "Payouts that the pause holds, counted up to 10,000.")
    static let observedAt = MetricDefinition(
        "refund_worker_store_observed_timestamp_seconds", .gauge,
        "When the store was last asked for what it holds, in Unix time; 0 before the first time.")

    static let logBytes = MetricDefinition(
        "refund_worker_store_log_bytes", .gauge,
        "Size of the SQLite store's write-ahead log; 0 for a store on a server.")

    static let store = [
        batches, waits, commits, storeFailures, openCases, overdueCases, nextDeadline, unsent, oldestUnsent, parkedNow,
        payoutsPaused, pausedSince, withheldPayouts, observedAt,
        logBytes,
    ]

    // MARK: Clocks and certificates

    static let clockAhead = MetricDefinition(
        "refund_worker_clock_ahead_seconds", .gauge,
        "How far the machine's clock is ahead of the time that the worker goes by; 0 unless it has stepped and is not "
            + "believed.")
    static let clockInDoubt = MetricDefinition(
        "refund_worker_clock_in_doubt", .gauge,
        "1 while the machine's clock has stepped and nobody can say whether rightly, so that deadlines and retries "
            + "wait.")
    static let storeClockAhead = MetricDefinition(
        "refund_worker_store_clock_ahead_seconds", .gauge,
        "How far the store's clock is ahead of the machine's; 0 for a store without one of its own (SQLite).")

    static let certificatesEnd = MetricDefinition(
        "refund_worker_certificate_end_timestamp_seconds", .gauge, labels: ["peer"],
        "When the first certificate ends of those by which the connection that the worker opened last to its broker or store "
            + "is trusted, in Unix time; 0 without TLS.")

    static let clock = [clockAhead, clockInDoubt, storeClockAhead, certificatesEnd]

    // MARK: The process

    static let build = MetricDefinition(
        "refund_worker_build_info", .gauge, labels: ["version", "commit"], "1, with which build this is.")
    static let startedAt = MetricDefinition(
        "process_start_time_seconds", .gauge, "When the process began, in Unix time.")

    static let unloggedLines = MetricDefinition(
        "refund_worker_log_left_out_lines_total", .counter,
        "Lines of the log that were left out, since nobody took them or they could not be written.")
    static let waitingLines = MetricDefinition(
        "refund_worker_log_waiting_lines", .gauge, "Lines of the log that wait for somebody to take them, up to 5,000.")

    static let process = [build, startedAt, unloggedLines, waitingLines]
}

/// The reference of all metrics as a Markdown table, for the README.
public func metricsReference() -> String {
    var lines = ["| metric | kind | labels | what it tells |", "| --- | --- | --- | --- |"]
    for definition in MetricCatalogue.all {
        let labels = definition.labels.map { "`\($0)`" }.joined(separator: " ")
        lines.append("| `\(definition.name)` | \(definition.kind.name) | \(labels) | \(definition.help) |")
    }
    return lines.joined(separator: "\n") + "\n"
}
