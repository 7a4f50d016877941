import RefundMessages
import RefundPolicy
import RefundWorker

/// The policy read wrong: money that the contract does not give.
extension BrokenWorld {
    static let readings: [BrokenWorld] = [
        BrokenWorld(name: "a plan pays after its term") { ForgetsTerms() },
        BrokenWorld(name: "a limit lets any sum in another currency pass") {
            ReadsOtherwise { policy in
                policy.reviewAbove? += [Currency(code: "EUR")].compactMap {
                    $0.flatMap { Money(minorUnits: .max, currency: $0) }
                }
            }
        },
        BrokenWorld(name: "a return in time is prorated") { ReadsOtherwise { $0.returnAmount = .remaining } },
        BrokenWorld(name: "a late return is offered nothing") { ReadsOtherwise { $0.lateReturn = .reject } },
        BrokenWorld(name: "requests are not acknowledged") { ReadsOtherwise { $0.acknowledges = false } },
    ]
}

/// Works by another policy than the world's.
private final class ReadsOtherwise: Sabotage {
    private let change: (inout PolicyVersion) -> Void

    init(_ change: @escaping (inout PolicyVersion) -> Void) { self.change = change }

    func policy(_ policy: PolicyVersion) -> PolicyVersion {
        var policy = policy
        change(&policy)
        return policy
    }
}

/// Goes by the usage where there is one, whatever the term says.
private final class ForgetsTerms: Sabotage {
    func inputs(_ input: LaneInput) -> [LaneInput] {
        guard case .delivered(var delivery) = input, case .whole(let body) = delivery.body,
            case .success(.requested) = delivery.type
        else { return [input] }
        let text = String(decoding: body, as: UTF8.self)
        guard text.contains("\"usage\""), let start = text.firstRange(of: ",\"term\":{"),
            let end = text[start.upperBound...].firstIndex(of: "}")
        else { return [input] }
        delivery.body = .whole(Array((text[..<start.lowerBound] + text[text.index(after: end)...]).utf8))
        return [.delivered(delivery)]
    }
}
