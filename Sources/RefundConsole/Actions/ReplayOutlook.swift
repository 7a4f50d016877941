internal import AMQPClient
internal import RefundMessages
internal import RefundPolicy
internal import RefundService
internal import RefundWorker

/// What a replay of a dead letter would come to, by the decision itself.
enum ReplayOutlook: Hashable, Sendable {
    case judged(Trial)
    /// It names no message of the contract, or can't be read whole: it can't be replayed.
    case unroutable

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
        guard let route = letter.route, let body = letter.body else {
            self = .unroutable
            return
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
