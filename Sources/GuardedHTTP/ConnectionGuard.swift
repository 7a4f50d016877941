internal import Logging
internal import NIOCore
public import RefundService
internal import Synchronization

/// Who may connect, how slow and how large requests may be, and which of them are probes.
public struct HTTPGuarding: Sendable {
    public var connections: ConnectionLimits
    public var requests: RequestLimits
    /// Paths that are answered also while all other places are taken.
    public var probes: Set<String>
    /// Who speaks for many, and is held to no address's limit.
    public var proxies: [AddressBlock]

    public init(
        connections: ConnectionLimits, requests: RequestLimits, probes: Set<String>, proxies: [AddressBlock] = []
    ) {
        self.connections = connections
        self.requests = requests
        self.probes = probes
        self.proxies = proxies
    }
}

/// The connections of a server, on whichever event loops they are.
final class ConnectionGuard: Sendable {
    typealias Place = ConnectionLedger.Place

    private struct State {
        var ledger: ConnectionLedger
        var channels: [ConnectionLedger.ID: any Channel] = [:]
    }

    let guarding: HTTPGuarding
    private let state: Mutex<State>
    private let log: Logger

    init(_ guarding: HTTPGuarding, log: Logger) {
        self.guarding = guarding
        self.log = log
        state = Mutex(State(ledger: ConnectionLedger(guarding.connections)))
    }

    /// - Returns: `nil` where there is no place, not even one that is kept for probes.
    func admit(_ channel: any Channel) -> (id: ConnectionLedger.ID, place: Place)? {
        let source = source(of: channel)
        let (admission, victim, count) = state.withLock { state in
            let admission = state.ledger.admit(source)
            var victim: (any Channel)?
            if case .admitted(let id, _, let closing) = admission {
                state.channels[id] = channel
                victim = closing.flatMap { state.channels.removeValue(forKey: $0) }
            }
            return (admission, victim, state.ledger.count)
        }
        victim?.close(promise: nil)
        let told: Logger.Metadata = ["peer": "\(source)", "open": "\(count)"]
        switch admission {
        case .refused:
            log.warning("HTTP: all places are taken, those for probes as well; a connection is refused", metadata: told)
            return nil
        case .admitted(let id, let place, let closing):
            if place == .kept {
                log.warning("HTTP: all places are taken; only probes are answered", metadata: told)
            } else if closing != nil {
                log.notice("HTTP: many connections; the one that is silent longest gives way", metadata: told)
            }
            return (id, place)
        }
    }

    func note(_ id: ConnectionLedger.ID, isBusy: Bool) {
        state.withLock { $0.ledger.note(id, isBusy: isBusy) }
    }

    func remove(_ id: ConnectionLedger.ID) {
        state.withLock { state in
            state.ledger.remove(id)
            state.channels[id] = nil
        }
    }

    private func source(of channel: any Channel) -> ConnectionSource {
        guard let text = channel.remoteAddress?.ipAddress, let address = NetworkAddress(text) else {
            return .shared("socket")
        }
        let isProxy = guarding.proxies.contains { $0.contains(address) }
        return isProxy ? .shared("\(address)") : .address("\(address.neighbourhood)")
    }
}
