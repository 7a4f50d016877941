import CPostgreSQL
public import RefundWorker

/// Where a PostgreSQL store is: a connection URL of libpq, with every parameter that libpq knows (several hosts, TLS,
/// time limits; libpq, "Connection Strings").
///
/// A schema other than `refund_worker` is named by `options=-c search_path=NAME`.
public struct PostgresLocation: Hashable, Sendable {
    /// As it was given; may hold a password.
    let url: String
    private let password: String?
    /// The URL's own `sslmode`.
    private let mode: String?
    private let shown: String
    /// Its first host, with the port; a directory for a Unix socket.
    public let firstAddress: String
    /// What tells the database and the tables in it, without who logs in there.
    private let place: [String]
    /// Every host of it is this machine.
    public let isLocal: Bool
    /// The server's certificate must name the host that was asked for (`sslmode=verify-full`).
    public let verifiesServer: Bool

    /// - Parameter url: `postgresql://…` or `postgres://…`.
    /// - Throws: `StoreError` `.incompatible`, without the URL's text, when libpq does not take it, or when it leads off
    ///   this machine and nobody has said how that way is protected.
    public init(_ url: String) throws(StoreError) {
        self.url = url
        var complaint: UnsafeMutablePointer<CChar>?
        defer { PQfreemem(complaint) }
        guard PostgresLocation.isUnambiguous(url), let options = PQconninfoParse(url, &complaint) else {
            throw PostgresLocation.refusal(complaint.map { String(cString: $0) }, of: url)
        }
        defer { PQconninfoFree(options) }
        let values = connectionOptions(options)
        let hosts = PostgresLocation.list(values["host"] ?? values["hostaddr"])
        let ports = PostgresLocation.list(values["port"])
        // Where the host was left out, a password stands in the port's place.
        guard ports.allSatisfy({ $0.isEmpty || UInt16($0) != nil }) else {
            throw PostgresLocation.refusal(nil, of: url)
        }
        password = values["password"].flatMap { $0.isEmpty ? nil : $0 }
        mode = values["sslmode"]
        let addresses = hosts.enumerated().map { index, host in
            let port = index < ports.count ? ports[index] : ports[0]
            return port.isEmpty ? host : "\(host):\(port)"
        }
        firstAddress = "\(hosts[0]):\(ports[0].isEmpty ? "5432" : ports[0])"
        shown = "postgresql://\(addresses.joined(separator: ","))/\(values["dbname"] ?? "")"
        // libpq takes the user's name for a database that is not named.
        place =
            ["host", "hostaddr", "port", "options", "service"].map { values[$0] ?? "" }
            + [values["dbname"] ?? values["user"] ?? ""]
        let target: ConnectionTarget
        do throws(ConnectionTarget.Unresolved) {
            target = try ConnectionTarget(resolving: Session.defaults + [("dbname", url)], urlMode: mode)
        } catch {
            throw StoreError(
                .incompatible, operation: "open",
                problem: "libpq makes no connection of it; check its environment variables (PG…), and the service that "
                    + "PGSERVICE or service= names", remedy: "see psql with the same URL")
        }
        isLocal = target.isLocal
        verifiesServer = target.verifiesServer
        if !target.isAllowed { throw PostgresLocation.unprotected(target) }
    }

    /// Whether both lead to the same tables, whoever logs in and however the way is protected.
    public func isSamePlace(as other: PostgresLocation) -> Bool {
        place == other.place
    }

    /// What libpq is told, after the same rule was asked again: environment and service files may have changed.
    ///
    /// - Throws: `ConnectionRefusal`.
    func parameters(
        _ defaults: [(keyword: String, value: String)]
    ) throws(ConnectionRefusal) -> [(keyword: String, value: String)] {
        let parameters = defaults + [("dbname", url)]
        do throws(ConnectionTarget.Unresolved) {
            let target = try ConnectionTarget(resolving: parameters, urlMode: mode)
            if !target.isAllowed {
                throw ConnectionTarget.Unresolved(problem: PostgresLocation.unprotected(target).problem)
            }
        } catch {
            throw ConnectionRefusal(problem: redacted(error.problem))
        }
        return parameters
    }

    /// The one @ is the end of user and password. Where a `/` comes before it, or another @ after it, a part of the
    /// password would be taken for a port, a database or a parameter, and be shown.
    private static func isUnambiguous(_ url: String) -> Bool {
        guard url.hasPrefix("postgresql://") || url.hasPrefix("postgres://"), !url.utf8.contains(0) else {
            return false
        }
        let parts = url.split(separator: "://", maxSplits: 1)[1...].joined()
            .split(separator: "@", omittingEmptySubsequences: false)
        return parts.count == 1 || parts.count == 2 && !parts[0].contains("/")
    }

    private static func list(_ text: String?) -> [String] {
        (text ?? "").split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    }

    private static func unprotected(_ target: ConnectionTarget) -> StoreError {
        StoreError(
            .incompatible, operation: "open",
            problem:
                "\(target.remoteHosts.joined(separator: ", ")) is not this machine, and nothing says how the way there "
                + "is protected: libpq would give the password to whoever answers, in clear if it is asked so; add "
                + "sslmode=verify-full&sslrootcert=FILE, or name a lower sslmode (verify-ca, require, disable) to accept "
                + "its risk",
            remedy: "add sslmode=verify-full&sslrootcert=FILE to store.url (or PGSSLMODE)")
    }

    /// libpq names the parameter that it does not know, which may be a piece of a password that stands among them;
    /// anything else that it says may quote the URL.
    private static func refusal(_ complaint: String?, of url: String) -> StoreError {
        let unknown = "invalid URI query parameter: "
        let problem: String
        if let complaint, complaint.hasPrefix(unknown), !url.contains("password=") {
            problem = "not a parameter of libpq: \(complaint.dropFirst(unknown.count).prefix(80).filter { $0 != "\n" })"
        } else {
            problem =
                "not a connection URL of libpq; /, @, ?, # and % of user and password must be written as %2F, %40, "
                + "%3F, %23 and %25"
        }
        return StoreError(
            .incompatible, operation: "open", problem: problem,
            remedy:
                "write postgresql://USER:PASSWORD@HOST:PORT/DATABASE, with special characters of the password as %40")
    }

    /// A text of libpq's as one line, without the password.
    func redacted(_ text: String) -> String {
        var text = text.split(whereSeparator: \.isNewline).joined(separator: "; ")
        if let password {
            text = text.split(separator: password, omittingEmptySubsequences: false).joined(separator: "…")
        }
        return text
    }
}

extension PostgresLocation: CustomStringConvertible {
    /// Hosts, port and database, without credentials.
    public var description: String { shown }
}

extension PostgresLocation: CustomReflectable {
    /// The same: a dump of what holds a location shows no password either.
    public var customMirror: Mirror { Mirror(self, children: ["location": shown]) }
}
