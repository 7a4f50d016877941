import Foundation
import TestSupport
import Testing

/// The operators' page on a machine that others use as well: the real program, and curl as they have it.
@Suite("The page on a shared machine", .serialized)
struct ConsoleDoorTests {
    private static let isRoot = getuid() == 0

    private func settings(_ directory: ServedConsole.Directory, _ more: [String: String] = [:]) -> [String: String] {
        [
            "REFUND_WORKER_AMQP_URL": "amqp://127.0.0.1:1/", "XDG_RUNTIME_DIR": directory.path,
            "REFUND_WORKER_STORE_URL": "sqlite:" + directory.file("cases.sqlite"),
        ].merging(more) { $1 }
    }

    private func mode(_ path: String) throws -> Int {
        try #require(try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int)
    }

    @Test("without a token it is a socket that only its user opens, and no port")
    func socket() throws {
        let directory = try ServedConsole.Directory()
        // That the directory of all sockets lets others in does not let them through ours.
        chmod(directory.path, 0o755)
        let console = try WorkerProcess(["console"], environment: settings(directory))
        let path = directory.file("refund-worker/console.sock")
        let printed = try console.waitForOutput("--help")
        #expect(printed.contains(path) && printed.contains("ssh -N -L 8090:\(path)"))
        #expect(try mode(path) == 0o600 && mode(directory.file("refund-worker")) == 0o700)
        let page = try Curl.run(["--unix-socket", path, "http://127.0.0.1:8090/"])
        #expect(page.status == 200 && page.text.contains("Set-Cookie: refund-console-8090="), "\(page.text)")
        let renamed = try Curl.run(["--unix-socket", path, "http://evil.example/"])
        #expect(renamed.status == 421, "a page of another site is not served through a forwarded socket")
        let second = try WorkerProcess.run(["console"], environment: settings(directory))
        #expect(second.status == 2 && second.errors.contains("another console serves there"), "\(second.errors)")
        if ConsoleDoorTests.isRoot {
            let stranger = try Curl.run(["--unix-socket", path, "http://127.0.0.1/"], as: "nobody")
            #expect(stranger.exit != 0 && stranger.status == 0, "\(stranger.text)")
        }
        console.send(SIGTERM)
        #expect(console.waitForEnd() == 0)
        #expect(!FileManager.default.fileExists(atPath: path))
    }

    @Test("what a killed console has left does not keep the next one from starting")
    func leftover() throws {
        let directory = try ServedConsole.Directory()
        for signal in [SIGKILL, SIGTERM] {
            let console = try WorkerProcess(["console"], environment: settings(directory))
            _ = try console.waitForOutput("--help")
            console.send(signal)
            console.waitForEnd()
        }
    }

    @Test("a port without a token, and a place that others get into, are refused with what to do")
    func refused() throws {
        let directory = try ServedConsole.Directory()
        for (setting, value) in [("HOST", "127.0.0.1"), ("PORT", "0"), ("PROXIES", "10.0.0.1")] {
            let refused = try WorkerProcess.run(
                ["console"], environment: settings(directory, ["REFUND_WORKER_CONSOLE_\(setting)": value]))
            #expect(refused.status == 2 && refused.errors.contains("/dev/urandom"), "\(refused.errors)")
        }
        let open = directory.file("open")
        try FileManager.default.createDirectory(atPath: open, withIntermediateDirectories: false)
        for mode: mode_t in [0o755, 0o750, 0o701] {
            chmod(open, mode)
            let refused = try WorkerProcess.run(
                ["console", "--console-socket", "\(open)/page.sock"], environment: settings(directory))
            #expect(refused.status == 2 && refused.errors.contains("others may get into"), "\(refused.errors)")
        }
        try FileManager.default.createSymbolicLink(atPath: directory.file("link"), withDestinationPath: directory.path)
        let linked = try WorkerProcess.run(
            ["console", "--console-socket", directory.file("link/page.sock")], environment: settings(directory))
        #expect(linked.status == 2 && linked.errors.contains("is no directory"), "\(linked.errors)")
    }

    @Test("at a port nobody gets further than the login, under whatever name and path", .enabled(if: isRoot))
    func nobody() throws {
        let console = try ServedConsole()
        for path in ["/", "/cases", "/cases/rr-1", "/payouts", "/dead", "/live?page=/", "/login", "//cases"] {
            for header in [
                "Host: 127.0.0.1", "Host: localhost", "X-Forwarded-For: 127.0.0.1", "Cookie: refund-console=x",
            ] {
                let answer = try Curl.run(["--path-as-is", "-H", header, console.address + path], as: "nobody")
                #expect(answer.status == 401 && answer.text.contains("Sign in"), "\(path): \(answer.text.prefix(300))")
            }
        }
        let acted = try Curl.run(
            ["-d", "by=eve&note=x", "-H", "Origin: \(console.address)", "\(console.address)/payouts/pause"],
            as: "nobody")
        #expect(acted.status == 401)
    }

    /// Logs in, or tries to.
    private func logIn(_ console: ServedConsole, from origin: String? = nil, _ more: String...) throws -> Curl.Answer {
        let page = "\(console.address)/login"
        let token = "token=\(ServedConsole.token)"
        return try Curl.run(
            ["-H", "Origin: \(origin ?? console.address)", "--data-urlencode", token] + more + [page])
    }

    @Test("a right token gets in while others try wrong ones from the same address, and from everywhere")
    func rightToken() throws {
        let console = try ServedConsole(["REFUND_WORKER_CONSOLE_PROXIES": "127.0.0.0/8"])
        let bodies = (0..<60).map { number in
            RawRequest.login(
                console, token: "wrong-\(number)", address: number < 30 ? "192.0.2.1" : "198.51.100.\(number)")
        }
        // They are sent and not waited for: what is held is held for them alone.
        let attackers = try bodies.map { body in
            let connection = try RawConnection(port: console.port)
            connection.send(body)
            return connection
        }
        for address in ["192.0.2.1", "203.0.113.1"] {
            let answer = try logIn(console, from: nil, "-H", "X-Forwarded-For: \(address)")
            #expect(answer.status == 303 && answer.text.contains("Set-Cookie: refund-console-"), "\(answer.text)")
        }
        withExtendedLifetime(attackers) {}
        try console.process.waitForLog("peer=192.0.2.1")
    }

    @Test("cookies are for TLS alone where a trusted proxy says so, and nobody else's word counts")
    func secureCookies() throws {
        let trusting = try ServedConsole(["REFUND_WORKER_CONSOLE_PROXIES": "127.0.0.1"])
        let secure = try logIn(
            trusting, from: "https://refunds.example", "-H", "X-Forwarded-Proto: https", "-H", "Host: refunds.example")
        let lines = secure.text.split(separator: "\r\n").filter { $0.hasPrefix("Set-Cookie: ") }
        #expect(lines.count == 2, "\(secure.text)")
        for line in lines {
            #expect(line.hasPrefix("Set-Cookie: __Host-refund-console-443"))
            for word in ["Secure", "HttpOnly", "SameSite=Strict", "Path=/"] { #expect(line.contains(word), "\(line)") }
        }
        for console in [trusting, try ServedConsole()] {
            let header = console === trusting ? "X-Forwarded-Proto: http" : "X-Forwarded-Proto: https"
            let plain = try logIn(console, from: nil, "-H", header)
            #expect(plain.status == 303 && !plain.text.contains("Secure") && !plain.text.contains("__Host-"))
        }
    }

    @Test("two consoles of one host do not end each other's sessions")
    func twoPorts() throws {
        let directory = try ServedConsole.Directory()
        let jar = directory.file("cookies")
        let consoles = try [ServedConsole(), ServedConsole()]
        for console in consoles { #expect(try logIn(console, from: nil, "-c", jar, "-b", jar).status == 303) }
        for console in consoles {
            let page = try Curl.run(["-b", jar, "-c", jar, console.address + "/payouts"])
            #expect(page.status != 401, "\(page.text.prefix(300))")
        }
    }

    @Test("a flood of requests without cookies ends nobody's session")
    func flood() throws {
        let directory = try ServedConsole.Directory()
        let console = try WorkerProcess(["console"], environment: settings(directory))
        _ = try console.waitForOutput("--help")
        let path = directory.file("refund-worker/console.sock")
        let jar = directory.file("cookies")
        let browser = ["--unix-socket", path, "-b", jar, "-c", jar]
        var proof = ""
        for _ in 0..<2 {
            let page = try Curl.run(browser + ["http://127.0.0.1/payouts/"])
            proof = page.text.firstMatch(of: /name="csrf" value="([0-9a-f]+)"/).map { String($0.output.1) } ?? proof
        }
        let pages = try Curl.run(["--unix-socket", path, "-o", "/dev/null", "http://127.0.0.1/nothing/[1-1500]"])
        #expect(pages.exit == 0)
        let page = try Curl.run(browser + ["http://127.0.0.1/nothing"])
        #expect(
            page.status == 404 && !page.text.contains("Set-Cookie"), "a new session was begun: \(page.text.prefix(900))"
        )
        console.send(SIGTERM)
        #expect(console.waitForEnd() == 0)
    }

    /// Requests as bytes.
    private enum RawRequest {
        static func login(_ console: ServedConsole, token: String, address: String) -> String {
            let body = "token=\(token)"
            return "POST /login HTTP/1.1\r\nHost: 127.0.0.1:\(console.port)\r\nOrigin: \(console.address)\r\n"
                + "X-Forwarded-For: \(address)\r\nContent-Type: application/x-www-form-urlencoded\r\n"
                + "Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
        }
    }
}
