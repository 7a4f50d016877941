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
    private let shown: String
    /// Every host of it is this machine.
    public let isLocal: Bool

    /// - Parameter url: `postgresql://…` or `postgres://…`.
    /// - Throws: `StoreError` `.incompatible`, without the URL's text, when libpq does not take it.
    public init(_ url: String) throws(StoreError) {
        self.url = url
        var complaint: UnsafeMutablePointer<CChar>?
        defer { PQfreemem(complaint) }
        guard url.hasPrefix("postgresql://") || url.hasPrefix("postgres://"), !url.utf8.contains(0),
            let options = PQconninfoParse(url, &complaint)
        else { throw PostgresLocation.refusal(complaint.map { String(cString: $0) }) }
        defer { PQconninfoFree(options) }
        var values: [String: String] = [:]
        var option = options
        while let keyword = option.pointee.keyword {
            if let value = option.pointee.val { values[String(cString: keyword)] = String(cString: value) }
            option += 1
        }
        // What follows an @ in a password that was not written as %40 would be taken for a host, and be shown.
        guard values["host", default: ""].utf8.allSatisfy({ $0 != UInt8(ascii: "@") }) else {
            throw PostgresLocation.refusal(nil)
        }
        password = values["password"].flatMap { $0.isEmpty ? nil : $0 }
        let hosts = (values["host"] ?? values["hostaddr"] ?? "").split(separator: ",", omittingEmptySubsequences: false)
        isLocal = hosts.allSatisfy { host in
            host.isEmpty || host.hasPrefix("/") || host.hasPrefix("127.") || ["localhost", "::1"].contains(host)
        }
        let ports = values["port", default: ""].split(separator: ",", omittingEmptySubsequences: false)
        let addresses = hosts.enumerated().map { index, host in
            let port = index < ports.count ? ports[index] : ports.first ?? ""
            return port.isEmpty ? "\(host)" : "\(host):\(port)"
        }
        shown = "postgresql://\(addresses.joined(separator: ","))/\(values["dbname"] ?? "")"
    }

    /// libpq names the parameter that it does not know; anything else that it says may quote the URL.
    private static func refusal(_ complaint: String?) -> StoreError {
        let unknown = "invalid URI query parameter: "
        let problem: String
        if let complaint, complaint.hasPrefix(unknown) {
            problem = "not a parameter of libpq: \(complaint.dropFirst(unknown.count).prefix(80).filter { $0 != "\n" })"
        } else {
            problem = "not a connection URL of libpq"
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
