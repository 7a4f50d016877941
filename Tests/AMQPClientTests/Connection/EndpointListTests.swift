import AMQPClient
import Testing

@Suite("a list of broker URLs")
struct EndpointListTests {
    struct Good: CustomTestStringConvertible {
        let url: String
        let host: String
        let port: UInt16
        var virtualHost = "/"
        var user = "guest"
        var password = "guest"
        var isTLS = false
        var testDescription: String { url }
    }

    @Test(
        "a URL is read with its defaults",
        arguments: [
            Good(url: "amqp://broker", host: "broker", port: 5672),
            Good(url: "amqp://broker/", host: "broker", port: 5672),
            Good(url: "AMQP://broker:1", host: "broker", port: 1),
            Good(url: "amqps://broker", host: "broker", port: 5671, isTLS: true),
            Good(url: "amqps://broker:65535/a", host: "broker", port: 65535, virtualHost: "a", isTLS: true),
            Good(url: "amqp://u:p@h:10/v", host: "h", port: 10, virtualHost: "v", user: "u", password: "p"),
            Good(url: "amqp://u@h", host: "h", port: 5672, user: "u", password: ""),
            Good(url: "amqp://u:@h", host: "h", port: 5672, user: "u", password: ""),
            Good(
                url: "amqp://a%3Ab:p%40s%2Cs%2f%25@h/%2F",
                host: "h",
                port: 5672,
                user: "a:b",
                password: "p@s,s/%"
            ),
            Good(url: "amqp://u:p:q@h", host: "h", port: 5672, user: "u", password: "p:q"),
            Good(url: "amqp://h/caf%C3%A9", host: "h", port: 5672, virtualHost: "café"),
            Good(url: "amqp://[::1]", host: "::1", port: 5672),
            Good(url: "amqp://[fe80::1]:99/x", host: "fe80::1", port: 99, virtualHost: "x"),
            Good(url: " amqp://h \n", host: "h", port: 5672),
            Good(url: "amqp://h/a+b", host: "h", port: 5672, virtualHost: "a+b"),
        ]
    )
    func reads(_ good: Good) throws {
        let endpoints = try Endpoint.list(from: good.url)
        let expected = try Endpoint(
            host: good.host,
            port: good.port,
            virtualHost: good.virtualHost,
            user: good.user,
            password: Password(good.password),
            isTLS: good.isTLS
        )
        #expect(endpoints == [expected])
    }

    @Test("several URLs keep their order")
    func order() throws {
        let endpoints = try Endpoint.list(from: "amqp://c, amqps://a:7,amqp://[::2]:8")
        #expect(endpoints.map(\.address) == ["c:5672", "a:7", "[::2]:8"])
    }

    @Test("the query says how to connect")
    func query() throws {
        let url = "amqps://h?cacertfile=%2Fetc%2Fca.pem&certfile=c&keyfile=k&heartbeat=20&connection_timeout=1500"
        let endpoint = try #require(try Endpoint.list(from: url + "&verify=verify_none").first)
        var expected = Endpoint.Parameters()
        expected.certificateAuthorityFile = "/etc/ca.pem"
        expected.certificateFile = "c"
        expected.keyFile = "k"
        expected.heartbeat = .seconds(20)
        expected.connectTimeout = .milliseconds(1500)
        expected.verifiesPeer = false
        #expect(endpoint.parameters == expected)
    }

    @Test(
        "a URL that is wrong is refused, and the error repeats no part of it",
        arguments: [
            "", "broker", "http://sEcReT", "amqp://", "amqp://u:sEcReT@", "amqp://:sEcReT@h", "amqp://u:sEcReT",
            "amqp://u:sEcReT/x@h", "amqp://h:0", "amqp://h:65536", "amqp://h:+1", "amqp://h:", "amqp://h/a/b",
            "amqp://h/%", "amqp://h/%4", "amqp://h/%zz", "amqp://h/%FF", "amqp://u:sEcReT%@h", "amqp://[::1",
            "amqp://[::1]x",
            "amqp://h?sEcReT=1", "amqp://h?heartbeat=0", "amqp://h?heartbeat=sEcReT", "amqp://h?heartbeat",
            "amqp://h?heartbeat=1&heartbeat=2", "amqp://h?connection_timeout=0", "amqp://h?cacertfile=sEcReT",
            "amqps://h?verify=sEcReT", "amqp://h#sEcReT", "amqp://u%00:sEcReT@h",
            "amqp://h/" + String(repeating: "v", count: 256),
        ]
    )
    func refuses(_ url: String) throws {
        let error = try failure { _ = try Endpoint.list(from: url) }
        #expect(error.code == .invalidConfiguration)
        #expect(error.scope == .none)
        #expect(!"\(error)".contains("sEcReT"))
    }

    @Test("a password with a comma is refused without being shown, with the place of the URL")
    func place() throws {
        let error = try failure { _ = try Endpoint.list(from: "amqp://ok,amqp://u:sEc,ReT@h") }
        #expect(error.operation == "read broker URL 2 of 3")
        #expect(!"\(error)".contains("sEc") && !"\(error)".contains("ReT"))
    }

    @Test("a list may not be endless")
    func limit() throws {
        let many = Array(repeating: "amqp://h", count: Endpoint.maximumListCount)
        #expect(try Endpoint.list(from: many.joined(separator: ",")).count == many.count)
        let error = try failure { _ = try Endpoint.list(from: (many + ["amqp://h"]).joined(separator: ",")) }
        #expect(error.code == .invalidConfiguration)
    }

    @Test("printing, dumping and reflecting an endpoint shows no password")
    func redaction() throws {
        let endpoints = try Endpoint.list(from: "amqp://sEcUser:sEcReT@h:1/v")
        var dumped = ""
        dump(endpoints, to: &dumped)
        for text in ["\(endpoints)", String(reflecting: endpoints), dumped, "\(endpoints[0].password)"] {
            #expect(!text.contains("sEcReT"))
            #expect(!text.contains("sEcUser"))
        }
        #expect("\(endpoints[0])" == "amqp://h:1 virtual host v")
    }
}
