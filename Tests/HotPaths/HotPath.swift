import RefundCase
import RefundMessages
import RefundPolicy

/// Work that is done for every request, with nothing around it.
struct HotPath: Sendable {
    /// As the figures name it.
    let name: String
    /// How many requests one run covers: what is counted is divided by it.
    var requests = 1
    /// How many runs are made before counting, so that caches are filled, and how many are counted.
    var runs = (warming: 50, counted: 200)
    /// Makes ready whatever is needed for that many runs, and gives what one run does.
    let prepare: @Sendable (_ runs: Int) throws -> () -> Void
}

extension HotPath {
    /// All of them, in the order in which a request meets them.
    static let all = [decode, decide, openAndEncode, encodeState, decodeState, reply, wholeRequest]

    /// Bytes to a checked request.
    private static let decode = HotPath(name: "decode-request") { _ in
        let decoder = InboundDecoder()
        let body = Material.requestBody("rr-1042")
        return { keep(try? decoder.decode(body, as: .requested, at: Material.now)) }
    }

    /// The policy's decision.
    private static let decide = HotPath(name: "decide") { _ in
        let request = try Material.request("rr-1042")
        let policy = PolicyVersion.standard
        return { keep(policy.decide(request, line: .free)) }
    }

    /// A new case and its three messages.
    private static let openAndEncode = HotPath(name: "open-and-encode-three-messages") { _ in
        let request = try Material.request("rr-1042")
        let policy = PolicyVersion.standard
        let encoder = OutboundEncoder()
        return {
            let (opened, effects) = RefundCase.open(
                request, policy: policy, standing: .free, traceparent: nil, at: Material.now)
            for case .send(let message, _) in effects { keep(encoder.encode(message, of: opened, at: Material.now)) }
        }
    }

    private static let encodeState = HotPath(name: "encode-state") { _ in
        let opened = try Material.openedCase("rr-1042")
        let codec = CaseStateCodec()
        return { keep(codec.encode(opened)) }
    }

    private static let decodeState = HotPath(name: "decode-state") { _ in
        let opened = try Material.openedCase("rr-1042")
        let codec = CaseStateCodec()
        let text = codec.encode(opened)
        return {
            keep(
                try? codec.decode(
                    text, status: opened.state.status, request: opened.request, policy: opened.policy,
                    openedAt: opened.openedAt))
        }
    }

    /// A reply from bytes to the next case.
    private static let reply = HotPath(name: "decode-and-apply-reply") { _ in
        let opened = try Material.openedCase("rr-1042")
        let decoder = InboundDecoder()
        let body = Material.replyBody("rr-1042/payout")
        let facts = PublicationFacts()
        return {
            guard case .event(let event, _) = try? decoder.decode(body, as: .succeeded, at: Material.now) else {
                return
            }
            keep(opened.apply(event, knowing: facts, at: Material.now))
        }
    }

    /// The lane, the decision and the SQLite store, in memory: everything but the broker's frames and the disk.
    private static let wholeRequest = HotPath(
        name: "whole-request", requests: WholeRequests.batch, runs: (warming: 4, counted: 8)
    ) { runs in
        let requests = try WholeRequests(batches: runs)
        return { requests.workOnNextBatch() }
    }
}

/// Keeps the compiler from leaving out work whose result nobody looks at.
@inline(never)
func keep<Value>(_ value: Value) {}
