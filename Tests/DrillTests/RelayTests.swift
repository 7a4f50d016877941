import Foundation
import Testing

@testable import drill

@Suite struct RelayTests {
    @Test func passesOnWhatBothSidesSay() throws {
        let server = try EchoServer()
        let client = try Client(port: Relay(to: server.port).port)
        #expect(client.ask("hello") == "hello")
    }

    @Test func aCutEndsTheConnectionsThatAreOpenAndLetsNewOnesThrough() throws {
        let server = try EchoServer()
        let relay = try Relay(to: server.port)
        let client = try Client(port: relay.port)
        #expect(client.ask("hello") == "hello")
        relay.cut()
        #expect(client.read(5) == nil)
        #expect(try Client(port: relay.port).ask("again") == "again")
    }

    @Test func aStalledRelayPassesNothingOnUntilItFlows() throws {
        let server = try EchoServer()
        let relay = try Relay(to: server.port)
        let client = try Client(port: relay.port)
        #expect(client.ask("hello") == "hello")
        relay.stall()
        client.write("later")
        relay.waitUntilHolding("later".utf8.count)
        #expect(!client.hasSomething)
        relay.flow()
        #expect(client.read(5) == "later")
    }
}

/// Says back what it hears, to each connection.
private final class EchoServer {
    let port: UInt16
    private let descriptor: Int32

    init() throws {
        let (descriptor, port) = try Relay.listening()
        (self.descriptor, self.port) = (descriptor, port)
        Thread {
            while case let connection = accept(descriptor, nil, nil), connection >= 0 {
                Thread {
                    var buffer = [UInt8](repeating: 0, count: 1_024)
                    while case let count = recv(connection, &buffer, buffer.count, 0), count > 0 {
                        _ = send(connection, buffer, count, Int32(MSG_NOSIGNAL))
                    }
                    close(connection)
                }.start()
            }
        }.start()
    }

    deinit {
        shutdown(descriptor, Int32(SHUT_RDWR))
        close(descriptor)
    }
}

private final class Client {
    private let descriptor: Int32

    init(port: UInt16) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        try #require(Relay.connect(descriptor, port: port))
    }

    deinit { close(descriptor) }

    func ask(_ text: String) -> String? {
        write(text)
        return read(text.utf8.count)
    }

    func write(_ text: String) { _ = send(descriptor, text, text.utf8.count, Int32(MSG_NOSIGNAL)) }

    /// `nil` when the connection has ended before.
    func read(_ count: Int) -> String? {
        var buffer = [UInt8](repeating: 0, count: count)
        let received = recv(descriptor, &buffer, count, Int32(MSG_WAITALL))
        return received == count ? String(decoding: buffer, as: UTF8.self) : nil
    }

    var hasSomething: Bool {
        var waited = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return poll(&waited, 1, 0) > 0
    }
}
