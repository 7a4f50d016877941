import RefundCase
import RefundPolicy

extension JSONWriter {
    /// A command as a case's stored state has it.
    mutating func command(_ command: Command) {
        switch command.progress {
        case .held: string("progress", "held")
        case .awaitingReply(let until):
            string("progress", "awaiting_reply")
            integer("due_at", until.microsecondsSinceEpoch)
        case .retrying(let at):
            string("progress", "retrying")
            integer("due_at", at.microsecondsSinceEpoch)
        case .succeeded: string("progress", "succeeded")
        case .doneByHand: string("progress", "done_by_hand")
        case .ended: string("progress", "ended")
        case .failed(let trouble): string("progress", trouble.rawValue)
        }
        integer("attempts", Int64(command.attempts))
        if command.awaitsPerson { boolean("awaits_person", true) }
        name("keys")
        beginArray()
        for key in command.keys { self.key(key) }
        endArray()
    }

    private mutating func key(_ key: SentKey) {
        beginObject()
        integer("issued_at", key.issuedAt.microsecondsSinceEpoch)
        integer("message", Int64(key.message.number))
        integer("sendings", Int64(key.sendings))
        if key.word != .nothing { string("word", key.word.rawValue) }
        if let success = key.firstSuccess { object("success") { writer in writer.success(success) } }
        if let success = key.latestSuccess, success != key.firstSuccess {
            object("latest_success") { writer in writer.success(success) }
        }
        if let failure = key.failure { object("failure") { writer in writer.failure(failure) } }
        if key.bounces > 0 { integer("bounces", Int64(key.bounces)) }
        endObject()
    }

    private mutating func success(_ success: ToldSuccess) {
        integer("at", success.occurredAt.microsecondsSinceEpoch)
        if !success.isInRange { integer("counted_at", success.countedAt.microsecondsSinceEpoch) }
        string("reference", ifPresent: success.reference)
    }

    private mutating func failure(_ failure: Failure) {
        integer("at", failure.occurredAt.microsecondsSinceEpoch)
        string("code", failure.code)
        string("message", ifPresent: failure.message)
        boolean("retryable", failure.isRetryable)
    }
}

extension JSONFields {
    func command(_ kind: CommandKind) throws(DeadLetterReason) -> Command {
        guard let elements = self["keys"]?.elements else { return try commandOfFirstVersion(kind) }
        var keys: [SentKey] = []
        for element in elements { keys.append(try JSONFields(element).key()) }
        return Command(
            kind: kind, keys: keys, attempts: Int(try requiredInteger("attempts")), progress: try progress(),
            awaitsPerson: self["awaits_person"]?.boolean ?? false)
    }

    func progress() throws(DeadLetterReason) -> Command.Progress {
        switch try requiredText("progress") {
        case "held": .held
        case "awaiting_reply": .awaitingReply(until: try instant("due_at"))
        case "retrying": .retrying(at: try instant("due_at"))
        case "succeeded": .succeeded
        case "done_by_hand": .doneByHand
        case "ended": .ended
        default: .failed(try requiredChoice("progress", of: Command.Trouble.self))
        }
    }

    private func key() throws(DeadLetterReason) -> SentKey {
        let first = try object("success").map { fields throws(DeadLetterReason) in try fields.success() }
        let latest = try object("latest_success").map { fields throws(DeadLetterReason) in try fields.success() }
        return SentKey(
            issuedAt: try instant("issued_at"), message: MessageOrdinal(Int(try requiredInteger("message"))),
            sendings: Int(try requiredInteger("sendings")),
            word: self["word"] == nil ? .nothing : try requiredChoice("word", of: SentKey.Word.self),
            firstSuccess: first, latestSuccess: latest ?? first, failure: try failure(),
            bounces: self["bounces"] == nil ? 0 : Int(try requiredInteger("bounces")))
    }

    func success() throws(DeadLetterReason) -> ToldSuccess {
        let occurredAt = try instant("at")
        return ToldSuccess(
            occurredAt: occurredAt, countedAt: self["counted_at"] == nil ? occurredAt : try instant("counted_at"),
            reference: try text("reference"))
    }

    func failure() throws(DeadLetterReason) -> Failure? {
        guard let fields = try object("failure") else { return nil }
        return Failure(
            occurredAt: try fields.instant("at"), code: try fields.requiredText("code"),
            message: try fields.text("message"), isRetryable: fields["retryable"]?.boolean ?? false)
    }
}
