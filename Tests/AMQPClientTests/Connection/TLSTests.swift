import AMQPClient
import Glibc
import Testing

extension LiveBroker {
    @Suite("TLS")
    struct TLSTests {
        private func endpoint(host: String? = nil) throws -> Endpoint {
            let usual = try #require(try Endpoint.list(from: Broker.variable("TEST_AMQPS_URL")).first)
            return try Endpoint(host: host ?? usual.host, port: usual.port, isTLS: true)
        }

        private func file(_ name: String) throws -> String {
            try Broker.variable("TEST_AMQP_CERTIFICATES") + "/" + name
        }

        private func open(_ endpoint: Endpoint, _ tls: TLSOptions) throws -> Connection {
            try Connection.open(endpoint, options: ConnectionOptions(tls: tls), epoch: Epoch(1))
        }

        @Test("a broker that the CA vouches for is talked to, with bodies of many records")
        func good() throws {
            let connection = try open(endpoint(), TLSOptions(certificateAuthorityFile: file("ca.pem")))
            let queue = try connection.declareQueue("", durable: false, exclusive: true).name
            let bodies = [1, 131_064, 1 << 20].map { [UInt8](repeating: 7, count: $0) }
            try connection.put(bodies, in: queue)
            _ = try connection.consume(queue: queue, prefetch: 10)
            for body in bodies { #expect(try connection.nextDelivery().body == .complete(body)) }
            #expect(connection.close())
        }

        @Test("the first end of the broker's certificates is known; and none without TLS")
        func ends() throws {
            let month: Int64 = 30 * 86_400
            let now = Int64(time(nil))
            let connection = try open(endpoint(), TLSOptions(certificateAuthorityFile: file("ca.pem")))
            let end = try #require(connection.certificatesEnd)
            // The broker's was made for thirty days, after its authority's.
            #expect(end > now && end <= now + month)
            #expect(connection.close())
            let plain = try Broker.connect()
            #expect(plain.certificatesEnd == nil)
            #expect(plain.close())
        }

        @Test("the URL's query can name the CA")
        func query() throws {
            let url = try Broker.variable("TEST_AMQPS_URL") + "?cacertfile=" + file("ca.pem")
            let connection = try Connection.open(#require(try Endpoint.list(from: url).first), epoch: Epoch(1))
            #expect(connection.close())
        }

        @Test("a client certificate is accepted")
        func client() throws {
            let certificate = try TLSOptions.ClientCertificate(
                chainFile: file("client.pem"),
                keyFile: file("client-key.pem")
            )
            let tls = try TLSOptions(certificateAuthorityFile: file("ca.pem"), clientCertificate: certificate)
            #expect(try open(endpoint(), tls).close())
        }

        @Test("a broker that another CA vouches for is not talked to")
        func wrongAuthority() throws {
            let tls = try TLSOptions(certificateAuthorityFile: file("other-ca.pem"))
            let error = try failure { _ = try open(endpoint(), tls) }
            #expect(error.code == .tlsFailed)
            #expect(error.scope == .connection)
        }

        @Test("a broker whose certificate names another host is not talked to, unless that is wished")
        func wrongHost() throws {
            var tls = try TLSOptions(certificateAuthorityFile: file("ca.pem"))
            // The certificate is for the name localhost; as a DNS name, no certificate covers a bare address.
            let address = try endpoint(host: "127.0.0.1")
            #expect(try failure { _ = try open(address, tls) }.code == .tlsFailed)
            tls.verifiesHostName = false
            #expect(try open(address, tls).close())
        }

        @Test("files that are missing or do not fit are the configuration's fault")
        func files() throws {
            let authority = try file("ca.pem")
            let key = try file("client-key.pem")
            let wrong: [TLSOptions] = try [
                TLSOptions(),
                TLSOptions(certificateAuthorityFile: "/no/such/file"),
                TLSOptions(certificateAuthorityFile: key),
                TLSOptions(
                    certificateAuthorityFile: authority,
                    clientCertificate: .init(chainFile: "/no/such/file", keyFile: key)
                ),
                TLSOptions(
                    certificateAuthorityFile: authority,
                    clientCertificate: .init(chainFile: file("server.pem"), keyFile: key)
                ),
            ]
            for tls in wrong {
                let error = try failure { _ = try open(endpoint(), tls) }
                #expect(error.code == .invalidConfiguration)
            }
        }

        @Test("a port that does not speak TLS is not talked to")
        func plainPort() throws {
            let plain = try Broker.endpoint()
            let endpoint = try Endpoint(host: "localhost", port: plain.port, isTLS: true)
            let tls = try TLSOptions(certificateAuthorityFile: file("ca.pem"))
            let error = try failure { _ = try open(endpoint, tls) }
            #expect(error.code == .tlsFailed)
        }

        @Test("a broker whose certificate has no subject alternative name is not talked to", arguments: [true, false])
        func commonNameAlone(hasAlternativeName: Bool) throws {
            let server = try TLSServer(alternativeName: hasAlternativeName ? "localhost" : nil)
            defer { server.stop() }
            let endpoint = try Endpoint(host: "localhost", port: server.port, isTLS: true)
            let error = try failure {
                _ = try open(endpoint, TLSOptions(certificateAuthorityFile: server.certificate))
            }
            // Behind TLS it speaks no AMQP: a broker that is taken for the right one fails otherwise.
            #expect((error.code == .tlsFailed) == !hasAlternativeName, "\(error)")
        }
    }
}
