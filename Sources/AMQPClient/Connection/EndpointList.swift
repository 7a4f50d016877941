extension Endpoint {
    /// The most URLs that one list may hold.
    public static let maximumListCount = 64

    /// Reads a comma-separated list of `amqp://` and `amqps://` URLs.
    ///
    /// `amqps://user:password@host:5671/virtual-host?cacertfile=/etc/ca.pem&heartbeat=20`. User, password, host and
    /// virtual host may be percent-encoded; a comma, slash, at sign or question mark in them must be. Left out, the
    /// user and password are `guest`, the port is 5672 (TLS: 5671) and the virtual host is `/`; an empty path means `/`
    /// as well.
    ///
    /// - Throws: ``AMQPError/Code/invalidConfiguration``. The error counts the URL's place in the list and never repeats
    ///   its text, since a mistyped URL can have its password anywhere.
    public static func list(from text: String) throws(AMQPError) -> [Endpoint] {
        let urls = text.split(separator: ",", omittingEmptySubsequences: false).map(trimmed)
        guard urls.count <= maximumListCount else {
            throw refusal("the list holds more than \(maximumListCount) URLs", place: "broker URLs")
        }
        var endpoints: [Endpoint] = []
        for (index, url) in urls.enumerated() {
            let place = urls.count == 1 ? "broker URL" : "broker URL \(index + 1) of \(urls.count)"
            do {
                endpoints.append(try parse(url))
            } catch let problem {
                throw refusal(problem.detail, place: place)
            }
        }
        return endpoints
    }

    private static func refusal(_ detail: String, place: String) -> AMQPError {
        AMQPError(
            .invalidConfiguration,
            during: "read \(place)",
            detail: detail,
            scope: .none,
            advice: "Write amqp://user:password@host:port/virtual-host with special characters percent-encoded."
        )
    }

    /// What is wrong with a URL, in words that repeat none of it.
    private struct Problem: Error {
        let detail: String
        init(_ detail: String) { self.detail = detail }
    }

    private static func parse(_ url: Substring) throws(Problem) -> Endpoint {
        let isTLS: Bool
        var rest: Substring
        if let plain = remainder(of: url, after: "amqp://") {
            (isTLS, rest) = (false, plain)
        } else if let secure = remainder(of: url, after: "amqps://") {
            (isTLS, rest) = (true, secure)
        } else {
            throw Problem(url.isEmpty ? "it is empty" : "it starts with neither amqp:// nor amqps://")
        }
        guard !rest.utf8.contains(UInt8(ascii: "#")) else { throw Problem("it has a fragment (#)") }
        let query = cut(&rest, at: "?")
        let path = cut(&rest, at: "/")
        // A slash or question mark of the password has ended it there: what follows is no host to be shown.
        guard ![query, path].contains(where: { $0?.contains("@") == true }) else {
            throw Problem(
                "an @ follows a / or ?; in user and password these are written %2F and %3F, elsewhere @ is %40")
        }
        let address: Substring
        var user = "guest"
        var password = "guest"
        if let at = rest.lastIndex(of: "@") {
            (user, password) = try credentials(rest[..<at])
            address = rest[rest.index(after: at)...]
        } else {
            address = rest
        }
        let (host, port) = try hostAndPort(address)
        let parameters = try parameters(query, isTLS: isTLS)
        do {
            return try Endpoint(
                host: host,
                port: port,
                virtualHost: try virtualHost(path),
                user: user,
                password: Password(password),
                isTLS: isTLS,
                parameters: parameters
            )
        } catch let error as AMQPError {
            throw Problem(error.detail)
        } catch let problem as Problem {
            throw problem
        } catch {
            throw Problem("it cannot be read")
        }
    }

    private static func credentials(_ text: Substring) throws(Problem) -> (user: String, password: String) {
        var user = text
        let password = cut(&user, at: ":")
        guard !user.isEmpty else { throw Problem("the user name is empty") }
        return (
            try decoded(user, "user name"),
            try password.map { (text) throws(Problem) in try decoded(text, "password") } ?? ""
        )
    }

    private static func hostAndPort(_ text: Substring) throws(Problem) -> (host: String, port: UInt16?) {
        var host = text
        let port: Substring?
        if text.first == "[" {
            guard let end = text.firstIndex(of: "]") else { throw Problem("an IPv6 address lacks its closing bracket") }
            host = text[text.index(after: text.startIndex)..<end]
            let tail = text[text.index(after: end)...]
            guard tail.isEmpty || tail.first == ":" else { throw Problem("something follows the IPv6 address") }
            port = tail.isEmpty ? nil : tail.dropFirst()
        } else {
            port = cut(&host, at: ":")
        }
        guard !host.isEmpty else { throw Problem("the host is missing") }
        guard let port else { return (try decoded(host, "host"), nil) }
        guard let number = UInt16(port), number > 0, port.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
            throw Problem("the port is not a number from 1 to 65535")
        }
        return (try decoded(host, "host"), number)
    }

    private static func virtualHost(_ path: Substring?) throws(Problem) -> String {
        guard let path, !path.isEmpty else { return "/" }
        guard !path.contains("/") else { throw Problem("the virtual host holds a slash that is not written %2F") }
        return try decoded(path, "virtual host")
    }

    private static func parameters(_ query: Substring?, isTLS: Bool) throws(Problem) -> Parameters {
        var parameters = Parameters()
        var seen: Set<String> = []
        for pair in (query ?? "").split(separator: "&") {
            var name = pair
            guard let encoded = cut(&name, at: "=") else { throw Problem("a query parameter has no value") }
            let value = try decoded(encoded, "query parameter")
            guard seen.insert(String(name)).inserted else { throw Problem("a query parameter is given twice") }
            switch name {
            case "cacertfile": parameters.certificateAuthorityFile = value
            case "certfile": parameters.certificateFile = value
            case "keyfile": parameters.keyFile = value
            case "verify" where value == "verify_peer": parameters.verifiesPeer = true
            case "verify" where value == "verify_none": parameters.verifiesPeer = false
            case "heartbeat":
                guard let seconds = Int64(value), (1...600).contains(seconds) else {
                    throw Problem("heartbeat is not a number of seconds from 1 to 600")
                }
                parameters.heartbeat = .seconds(seconds)
            case "connection_timeout":
                guard let milliseconds = Int64(value), (1...600_000).contains(milliseconds) else {
                    throw Problem("connection_timeout is not a number of milliseconds from 1 to 600000")
                }
                parameters.connectTimeout = .milliseconds(milliseconds)
            default:
                throw Problem(
                    "a query parameter is unknown; known are cacertfile, certfile, keyfile, verify (verify_peer or "
                        + "verify_none), heartbeat and connection_timeout"
                )
            }
        }
        let namesTLS = ["cacertfile", "certfile", "keyfile", "verify"].contains(where: seen.contains)
        guard isTLS || !namesTLS else { throw Problem("a TLS parameter is given without amqps://") }
        return parameters
    }

    /// Cuts `text` at the first `separator` and gives what follows it, or `nil` when there is none.
    private static func cut(_ text: inout Substring, at separator: Character) -> Substring? {
        guard let index = text.firstIndex(of: separator) else { return nil }
        let tail = text[text.index(after: index)...]
        text = text[..<index]
        return tail
    }

    private static func remainder(of url: Substring, after scheme: String) -> Substring? {
        guard url.prefix(scheme.count).lowercased() == scheme else { return nil }
        return url.dropFirst(scheme.count)
    }

    private static func trimmed(_ text: Substring) -> Substring {
        let tail = text.drop(while: \.isWhitespace)
        guard let last = tail.lastIndex(where: { !$0.isWhitespace }) else { return "" }
        return tail[...last]
    }

    /// Percent-decoding (RFC 3986, section 2.1); `+` stands for itself.
    private static func decoded(_ text: Substring, _ what: String) throws(Problem) -> String {
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard let high = rest.popFirst().flatMap(hexadecimalDigit),
                let low = rest.popFirst().flatMap(hexadecimalDigit)
            else { throw Problem("the \(what) has a % without two hexadecimal digits") }
            bytes.append(high << 4 | low)
        }
        guard let string = String(validating: bytes, as: UTF8.self) else { throw Problem("the \(what) is not UTF-8") }
        return string
    }

    private static func hexadecimalDigit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x30...0x39: byte - 0x30
        case 0x41...0x46: byte - 0x41 + 10
        case 0x61...0x66: byte - 0x61 + 10
        default: nil
        }
    }
}
