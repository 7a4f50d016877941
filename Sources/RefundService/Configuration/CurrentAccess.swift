public import AMQPClient
public import Logging
import PostgresStore
public import RefundWorker
import Synchronization

/// How broker and store are logged in to by now. What stands in files is read again whenever a log-in is refused, and when
/// SIGHUP comes: after a password's rotation work goes on with the new one. What can't be read, or is wrong, is told, and what
/// was known before stays.
public final class CurrentAccess: Sendable {
    /// Why it is read again.
    enum Cause: Sendable {
        case refusedByBroker, refusedByStore, askedFor
    }

    private let settings: BrokerSettings
    private let origin: SettingsOrigin
    private let log: Logger
    private let state: Mutex<Access>
    /// One reads at a time, so that nobody puts back what was read before.
    private let reading = Mutex(())

    /// - Parameters:
    ///   - settings: as they were read at the start.
    ///   - origin: where they are read again.
    public init(_ settings: Settings, origin: SettingsOrigin, log: Logger) {
        self.settings = settings.amqp
        self.origin = origin
        self.log = log
        state = Mutex(Access(nodes: settings.amqp.nodes, store: settings.store))
    }

    var nodes: [Endpoint] { state.withLock { $0.nodes } }
    var store: StoreLocation { state.withLock { $0.store } }

    /// Reads it again at each SIGHUP from here on.
    public func heedHangUps() {
        HangUp.heed { self.readAgain(because: .askedFor) }
    }

    /// Reads it again.
    ///
    /// - Returns: what is new in it.
    @discardableResult
    func readAgain(because cause: Cause) -> (broker: Bool, store: Bool) {
        reading.withLock { _ in
            let settings: Settings
            do throws(SettingsError) {
                settings = try origin.read()
            } catch {
                log.warning(
                    "the settings can't be read again; the credentials of before stay",
                    metadata: ["problem": "\(error.problems.joined(separator: "; "))"])
                return (false, false)
            }
            let read = Access(nodes: settings.amqp.nodes, store: settings.store)
            let renewal = state.withLock { access in
                let renewal = access.renewed(by: read)
                access = renewal.access
                return renewal
            }
            tell(renewal, cause)
            return (renewal.isBrokerNew, renewal.isStoreNew)
        }
    }

    private func tell(_ renewal: Access.Renewal, _ cause: Cause) {
        for problem in renewal.problems {
            log.warning(
                "the settings were read again; the credentials of before stay", metadata: ["problem": "\(problem)"])
        }
        if renewal.isBrokerNew { log.notice("read again: the broker's credentials are new") }
        if renewal.isStoreNew { log.notice("read again: the store's credentials are new") }
        if cause == .askedFor, renewal.problems.isEmpty, !renewal.isBrokerNew, !renewal.isStoreNew {
            log.info("read again: the credentials are as before")
        }
    }
}

extension CurrentAccess {
    /// Opens a connection to the first node that answers; where the log-in is refused and other credentials are found, once more.
    ///
    /// - Parameter purpose: ends the connection's name at the broker.
    /// - Throws: `BrokerUnreachable`.
    public func connect(purpose: String) throws(BrokerUnreachable) -> Connection {
        var settings = settings
        settings.nodes = nodes
        do throws(BrokerUnreachable) {
            return try settings.connect(purpose: purpose)
        } catch {
            guard error.failures.contains(where: \.isRefusedLogin), readAgain(because: .refusedByBroker).broker else {
                throw error
            }
            settings.nodes = nodes
            return try settings.connect(purpose: purpose)
        }
    }

    /// Opens the store for looking at many cases at once; in the same way.
    ///
    /// - Throws: `StoreError`.
    public func openSurvey(patience: Duration) throws(StoreError) -> any CaseSurvey {
        try opening { location throws(StoreError) in try location.openSurvey(patience: patience) }
    }

    /// Opens the store for looking at cases; in the same way.
    ///
    /// - Throws: `StoreError`.
    func openReader() throws(StoreError) -> any CaseReader {
        try opening { location throws(StoreError) in try location.openReader() }
    }

    /// Opens the store for a lane's work, which asks here again whenever it has to connect anew.
    ///
    /// - Throws: `StoreError`.
    func openForWork(_ agreed: AgreedStore) throws(StoreError) -> any CaseStore & ClosableStore {
        try opening { location throws(StoreError) in
            try location.openForWork(agreed) { StorePlace(access: self, first: $0) }
        }
    }

    private func opening<Store>(
        _ open: (StoreLocation) throws(StoreError) -> Store
    ) throws(StoreError) -> Store {
        do throws(StoreError) {
            return try open(store)
        } catch {
            // libpq does not tell a refused password from any other reason.
            guard error.kind == .unavailable, readAgain(because: .refusedByStore).store else { throw error }
            return try open(store)
        }
    }

    /// What a store that connects again by itself asks.
    private struct StorePlace: PostgresLocating {
        let access: CurrentAccess
        let first: PostgresLocation

        var location: PostgresLocation {
            if case .postgresql(let location) = access.store { location } else { first }
        }

        func refused() {
            access.readAgain(because: .refusedByStore)
        }
    }
}

extension AMQPError {
    /// The broker does not know this user and password, or does not let this user into the virtual host.
    var isRefusedLogin: Bool { code == .accessRefused || code == .virtualHostRefused }
}
