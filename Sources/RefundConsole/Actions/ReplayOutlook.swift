internal import AMQPClient
internal import RefundMessages
internal import RefundPolicy
internal import RefundService
internal import RefundWorker

/// What a replay of a dead letter would come to, by the decision itself.
enum ReplayOutlook: Hashable, Sendable {
    case judged(Trial)
    /// It can't be replayed, and why.
    case barred(DeadLetterQueue.Refusal)

    /// Whether something would change.
    var isOfUse: Bool {
        if case .judged(.changed) = self { true } else { false }
    }

    /// - Parameters:
    ///   - survey: the store, for what a worker would load.
    ///   - policies: the policy in force.
    init(
        of letter: QueuedDeadLetter, in survey: any CaseSurvey, under policies: PolicyShelf, at now: Instant
    ) throws {
        let route: InboundType
        let body: [UInt8]
        switch letter.replayable {
        case .failure(let refusal):
            self = .barred(refusal)
            return
        case .success(let replayable): (route, body) = replayable
        }
        let message: InboundMessage
        do throws(DeadLetterReason) {
            let type = try InboundType(
                type: letter.properties.type, routingKey: route.rawValue, from: letter.sender)
            message = try InboundDecoder().decode(body, as: type, at: now)
        } catch {
            self = .judged(.refused(error))
            return
        }
        self = .judged(
            Trial(of: message, body: body, known: try survey.known(for: message), under: policies, at: now))
    }
}
