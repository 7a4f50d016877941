import CPostgreSQL
import Glibc

/// Where libpq would go for some parameters, and how it would protect the way: beside the URL it heeds environment
/// variables (`PGHOST`, `PGSSLMODE`, …) and service files, and what it makes of them only it can say.
struct ConnectionTarget: Hashable {
    /// The hosts or addresses that are connected to, in their order; an empty one is the usual Unix socket.
    let hosts: [String]
    /// `sslmode` as it is in force.
    let mode: String
    /// Somebody has chosen that mode; it is not libpq's default, which takes what the other side likes.
    let isModeNamed: Bool

    /// Why libpq makes nothing of the parameters, in its words.
    struct Unresolved: Error {
        let problem: String
    }

    /// - Parameters:
    ///   - parameters: as they would be given to libpq, a URL among them as `dbname`.
    ///   - urlMode: the `sslmode` of that URL.
    init(
        resolving parameters: [(keyword: String, value: String)], urlMode: String?
    ) throws(ConnectionTarget.Unresolved) {
        // No port has the number 0, so that libpq works out all that it would do, and then looks up no name and sends
        // nothing.
        let nowhere = withConnectionParameters(parameters + [("port", "0")]) { PQconnectStartParams($0, $1, 1) }
        defer { PQfinish(nowhere) }
        guard let nowhere, let options = PQconninfo(nowhere) else {
            throw Unresolved(problem: "libpq has no memory left")
        }
        defer { PQconninfoFree(options) }
        let values = connectionOptions(options)
        // libpq has a default for it, so that it lacks only where libpq has given up before.
        guard let mode = values["sslmode"] else { throw Unresolved(problem: String(cString: PQerrorMessage(nowhere))) }
        self.mode = mode
        isModeNamed =
            mode != "prefer" || urlMode?.isEmpty == false
            || getenv("PGSSLMODE").map { $0.pointee != 0 } ?? false
        hosts = ConnectionTarget.hosts(named: values["host"] ?? "", addresses: values["hostaddr"] ?? "")
    }

    /// An address goes before the name beside it, which is then only looked for in the certificate.
    private static func hosts(named names: String, addresses: String) -> [String] {
        let names = names.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        let addresses = addresses.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        return (0..<max(names.count, addresses.count)).map { index in
            let address = index < addresses.count ? addresses[index] : ""
            return address.isEmpty ? (index < names.count ? names[index] : "") : address
        }
    }

    /// Every host of it is this machine.
    var isLocal: Bool { remoteHosts.isEmpty }

    /// The hosts that are not this machine.
    var remoteHosts: [String] { hosts.filter { !ConnectionTarget.isLoopback($0) } }

    /// The server proves by its certificate that it is the one that was asked for.
    var verifiesServer: Bool { mode == "verify-full" }

    /// Nobody between may read the password unless somebody has chosen that.
    var isAllowed: Bool { isLocal || isModeNamed }

    /// A Unix socket (`/…`, `@…`, or nothing), `localhost`, `::1`, or an address of 127.0.0.0/8 written in full: a name
    /// may begin with 127 as well.
    static func isLoopback(_ host: String) -> Bool {
        if host.isEmpty || host.hasPrefix("/") || host.hasPrefix("@") { return true }
        var address = in_addr()
        if inet_pton(AF_INET, host, &address) == 1 { return UInt32(bigEndian: address.s_addr) >> 24 == 127 }
        return host.lowercased() == "localhost" || host == "::1"
    }
}

/// Calls libpq with parameters in the form that it takes.
func withConnectionParameters<Value>(
    _ parameters: [(keyword: String, value: String)],
    _ body: (UnsafePointer<UnsafePointer<CChar>?>?, UnsafePointer<UnsafePointer<CChar>?>?) -> Value
) -> Value {
    let keywords = parameters.map { strdup($0.keyword) } + [nil]
    let values = parameters.map { strdup($0.value) } + [nil]
    defer { for text in keywords + values { free(text) } }
    return keywords.map { UnsafePointer($0) }.withUnsafeBufferPointer { keywords in
        values.map { UnsafePointer($0) }.withUnsafeBufferPointer { values in
            body(keywords.baseAddress, values.baseAddress)
        }
    }
}

/// The values of a list of libpq's options, which ends with one that has no keyword.
func connectionOptions(_ first: UnsafeMutablePointer<PQconninfoOption>) -> [String: String] {
    var values: [String: String] = [:]
    var option = first
    while let keyword = option.pointee.keyword {
        if let value = option.pointee.val { values[String(cString: keyword)] = String(cString: value) }
        option += 1
    }
    return values
}
