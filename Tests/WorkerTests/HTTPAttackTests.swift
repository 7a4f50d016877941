import Foundation
import TestSupport
import Testing

/// Slow, silent, endless and many: against the real program's two ports, by bare sockets.
@Suite("HTTP under attack", .serialized)
struct HTTPAttackTests {
    /// A port of the program with what is served there.
    private struct Target {
        let port: UInt16
        let probe: String
        /// Something that takes more than a probe.
        let page: String
        /// Held as long as the target is.
        let process: AnyObject
    }

    enum Port: CaseIterable {
        case worker, console
    }

    private func target(_ port: Port) throws -> Target {
        switch port {
        case .console:
            let console = try ServedConsole()
            return Target(port: console.port, probe: "/healthz", page: "/", process: console)
        case .worker:
            let worker = try ServedWorker()
            return Target(port: worker.port, probe: "/healthz", page: "/metrics", process: worker)
        }
    }

    /// A worker whose broker is away: it serves all the same.
    private final class ServedWorker {
        let process: WorkerProcess
        let port: UInt16
        private let directory: ServedConsole.Directory

        init() throws {
            directory = try ServedConsole.Directory()
            process = try WorkerProcess(
                ["run"],
                environment: [
                    "REFUND_WORKER_AMQP_URL": "amqp://127.0.0.1:1/", "REFUND_WORKER_HTTP_PORT": "0",
                    "REFUND_WORKER_STORE_URL": "sqlite:" + directory.file("cases.sqlite"),
                ])
            port = try Observed(process).port
        }

        deinit {
            process.send(SIGTERM)
            process.waitForEnd()
        }
    }

    private func isAnswered(_ answer: String) -> Bool {
        answer.hasPrefix("HTTP/1.1 200") || answer.hasPrefix("HTTP/1.1 401") || answer.hasPrefix("HTTP/1.1 503")
    }

    @Test("200 connections that say nothing, or half a head, keep nobody waiting", arguments: Port.allCases)
    func silence(_ port: Port) throws {
        let target = try target(port)
        for start in ["", "GET / HTTP/1.1\r\nHost: x\r\nX-"] {
            let silent = try (0..<200).map { _ in
                let connection = try RawConnection(port: target.port)
                connection.send(start)
                return connection
            }
            #expect(try RawConnection.ask(target.probe, port: target.port).contains("alive"))
            #expect(isAnswered(try RawConnection.ask(target.page, port: target.port)))
            withExtendedLifetime(silent) {}
        }
    }

    @Test("100 requests whose bodies don't come keep nobody waiting", arguments: Port.allCases)
    func bodiless(_ port: Port) throws {
        let target = try target(port)
        let request =
            "POST /login HTTP/1.1\r\nHost: 127.0.0.1:\(target.port)\r\nContent-Length: 90\r\n"
            + "Content-Type: application/x-www-form-urlencoded\r\n\r\ntoken="
        let slow = try (0..<100).map { _ in
            let connection = try RawConnection(port: target.port)
            connection.send(request)
            return connection
        }
        #expect(try RawConnection.ask(target.probe, port: target.port).contains("alive"))
        #expect(isAnswered(try RawConnection.ask(target.page, port: target.port)))
        withExtendedLifetime(slow) {}
    }

    @Test("100 who read no answer, of the eight that they asked for, keep nobody waiting", arguments: Port.allCases)
    func unread(_ port: Port) throws {
        let target = try target(port)
        let requests = String(repeating: "GET \(target.page) HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", count: 8)
        let slow = try (0..<100).map { _ in
            let connection = try RawConnection(port: target.port, receiveBuffer: 2_048)
            connection.send(requests)
            return connection
        }
        // All those pages are made; only that takes its time.
        #expect(try RawConnection.ask(target.probe, port: target.port, patience: 25).contains("alive"))
        #expect(isAnswered(try RawConnection.ask(target.page, port: target.port, patience: 25)))
        withExtendedLifetime(slow) {}
    }

    @Test("a head that does not come to its end is told so, however it drips", arguments: Port.allCases)
    func slowHead(_ port: Port) throws {
        let target = try target(port)
        let connection = try RawConnection(port: target.port)
        connection.send("GET / HTTP/1.1\r\nX-Slow: ")
        while !connection.waitForAnswer(milliseconds: 500), connection.send("x") {}
        let answer = try connection.readToEnd()
        #expect(answer.hasPrefix("HTTP/1.1 408") && answer.contains("Send it again"), "\(answer)")
    }

    @Test("a body that does not come to its end is told so, however it drips")
    func slowBody() throws {
        let target = try target(.console)
        let connection = try RawConnection(port: target.port)
        connection.send(
            "POST /login HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 60000\r\n"
                + "Content-Type: application/x-www-form-urlencoded\r\n\r\n")
        // As many bytes as a minute has half seconds: without a limit it would never be answered.
        var drops = 0
        while drops < 120, !connection.waitForAnswer(milliseconds: 500), connection.send("x") { drops += 1 }
        let answer = try connection.readToEnd(seconds: 5)
        #expect(answer.hasPrefix("HTTP/1.1 408"), "\(answer)")
    }

    @Test("a head without end is ended: by one line, by many, and by an address", arguments: Port.allCases)
    func endlessHead(_ port: Port) throws {
        let target = try target(port)
        for (start, part) in [
            ("GET / HTTP/1.1\r\nX-Long: ", String(repeating: "x", count: 1_000)),
            ("GET / HTTP/1.1\r\n", "X-Many: 1\r\n"),
            ("GET /", String(repeating: "x", count: 1_000)), ("", String(repeating: "\r\n", count: 500)),
        ] {
            let connection = try RawConnection(port: target.port)
            connection.send(start)
            var parts = 0
            while parts < 20_000, !connection.waitForAnswer(milliseconds: 0), connection.send(part) { parts += 1 }
            #expect(parts < 20_000, "\(start.prefix(30)) is taken without end")
        }
        #expect(try RawConnection.ask(target.probe, port: target.port).contains("alive"))
    }

    @Test("a body without end is ended", arguments: Port.allCases)
    func endlessBody(_ port: Port) throws {
        let target = try target(port)
        let connection = try RawConnection(port: target.port)
        connection.send(
            "POST /login HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n"
                + "Content-Type: application/x-www-form-urlencoded\r\n\r\n")
        let chunk = "1000\r\n" + String(repeating: "x", count: 4_096) + "\r\n"
        var chunks = 0
        while chunks < 20_000, connection.send(chunk) { chunks += 1 }
        #expect(chunks < 20_000, "a body of 80 MB was taken")
        #expect(try RawConnection.ask(target.probe, port: target.port).contains("alive"))
    }

    @Test("thousands of requests in one breath are not worked off", arguments: Port.allCases)
    func pipelining(_ port: Port) throws {
        let target = try target(port)
        let connection = try RawConnection(port: target.port)
        let request = "GET \(target.page) HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
        connection.send(String(repeating: request, count: 1_000))
        let answers = try connection.readToEnd().components(separatedBy: "HTTP/1.1 ").count - 1
        #expect(answers <= 8, "\(answers) were answered")
        #expect(isAnswered(try RawConnection.ask(target.page, port: target.port)))
    }
}
