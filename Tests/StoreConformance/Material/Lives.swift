import RefundCase
import RefundMessages
import RefundPolicy
import RefundWorker

/// Lives of cases that between them pass every state and most of what a state holds.
enum Lives {
    /// Something that happens to a case.
    struct Step: Sendable {
        let run: @Sendable (Desk, String) throws -> Desk.Outcome

        static func message(
            at seconds: Int, _ message: @escaping @Sendable (String) -> (InboundType, String)
        ) -> Step {
            Step { desk, id in try desk.receive([message(id)], at: Times.after(.seconds(seconds))) }
        }

        static func confirmAll(then step: Step) -> Step {
            Step { desk, id in
                try desk.confirm(try desk.unsent(id), at: Times.after(.seconds(1)))
                return try step.run(desk, id)
            }
        }

        static func due(at seconds: Int) -> Step {
            Step { desk, id in try desk.fallDue(id, at: Times.after(.seconds(seconds))) }
        }
    }

    static func request(_ id: String) -> RequestText {
        switch id {
        case "rr-rejected": RequestText(id).with(\.orderNumber, nil)
        case "rr-reviewed", "rr-turned-down", "rr-withdrawn", "rr-late": RequestText(id).with(\.dispute, "open")
        case "rr-nothing-to-pay": RequestText(id).with(\.paid, "0.00")
        default: RequestText(id)
        }
    }

    static let all: [(id: String, steps: [Step])] = [
        ("rr-rejected", []),
        ("rr-withdrawn", [.message(at: 1) { Reply.withdrawn($0) }]),
        ("rr-turned-down", [.message(at: 1) { Reply.reviewed($0, "reject") }]),
        ("rr-reviewed", [.message(at: 1) { Reply.reviewed($0, "approve") }]),
        ("rr-nothing-to-pay", [.message(at: 1) { Reply.succeeded("revoke", of: $0) }]),
        (
            "rr-settled",
            [
                .message(at: 1) { Reply.succeeded("revoke", of: $0) },
                .message(at: 2) { Reply.failed("payout", of: $0, retryable: true) },
                .confirmAll(then: .due(at: 3_600)),
                .message(at: 3_601) { Reply.succeeded("payout", of: $0, key: 2) },
            ]
        ),
        (
            "rr-retried",
            [
                .message(at: 1) { Reply.failed("payout", of: $0, retryable: false) },
                .message(at: 2) { Reply.retried($0) },
                .message(at: 3) { Reply.failed("revoke", of: $0, retryable: false) },
                .confirmAll(then: .message(at: 4) { Reply.reviewed($0, "close") }),
            ]
        ),
        (
            "rr-paid-after-end",
            [
                .confirmAll(then: .message(at: 2) { Reply.failed("payout", of: $0, retryable: false) }),
                .confirmAll(then: .message(at: 3) { Reply.reviewed($0, "void") }),
                .message(at: 4) { Reply.succeeded("payout", of: $0) },
            ]
        ),
        ("rr-resent", [.confirmAll(then: .due(at: 3_600)), .confirmAll(then: .due(at: 2 * 86_400))]),
        ("rr-late", [.due(at: 3 * 86_400), .due(at: 15 * 86_400)]),
    ]
}
