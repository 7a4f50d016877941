import Foundation

/// What a worker serves over HTTP, asked by a bare socket as any tool may ask.
struct Observed {
    let port: UInt16

    struct Answer {
        let status: Int
        let head: String
        let body: String
    }

    /// - Parameter worker: one that was started with `http.port` 0.
    init(_ worker: WorkerProcess) throws {
        try worker.waitForLog("address=127.0.0.1:")
        let text = worker.log.components(separatedBy: "address=127.0.0.1:").last?.prefix { $0.isNumber } ?? ""
        guard let port = UInt16(text) else { throw Missing(what: "the port", log: worker.log) }
        self.port = port
    }

    init(port: UInt16) {
        self.port = port
    }

    /// A port that nobody has at this moment.
    static func freePort() throws -> UInt16 {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = loopback(port: 0)
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, length) == 0 && getsockname(descriptor, $0, &length) == 0
            }
        }
        guard isBound else { throw Missing(what: "a free port") }
        return UInt16(bigEndian: address.sin_port)
    }

    private static func loopback(port: UInt16) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        return address
    }

    /// What a worker needs to be observed.
    static let settings = ["REFUND_WORKER_HTTP_PORT": "0"]

    func get(_ path: String) throws -> Answer {
        try ask("GET \(path) HTTP/1.0\r\nHost: localhost\r\nConnection: close\r\n\r\n")
    }

    /// Sends these bytes, and reads until the worker closes.
    func ask(_ request: String) throws -> Answer {
        let text = String(decoding: try exchange(Array(request.utf8)), as: UTF8.self)
        let parts = text.components(separatedBy: "\r\n\r\n")
        let words = parts[0].split(separator: " ", maxSplits: 2)
        guard words.count > 1, let status = Int(words[1]) else { throw Missing(what: "an answer", log: text) }
        return Answer(status: status, head: parts[0], body: parts.dropFirst().joined(separator: "\r\n\r\n"))
    }

    /// Asks again until the answer is as it should be. What is asked is changed by time, so that nothing signals it.
    func wait(for path: String, seconds: Double = 60, until isRight: (Answer) -> Bool) throws -> Answer {
        let limit = Date(timeIntervalSinceNow: seconds)
        while true {
            let answer = try get(path)
            if isRight(answer) { return answer }
            guard Date() < limit else { throw Missing(what: "what was awaited of \(path)", log: answer.body) }
            // Nothing comes by this; it only keeps the asking from being a busy loop.
            _ = poll(nil, 0, 100)
        }
    }

    /// A sample's value on the page of metrics, by its name and labels as they stand there; `nil` when it is not there.
    func metric(_ sample: String) throws -> Double? {
        try Observed.metric(sample, in: get("/metrics").body)
    }

    static func metric(_ sample: String, in page: String) -> Double? {
        page.split(separator: "\n").first { $0.hasPrefix(sample + " ") }
            .flatMap { Double($0.dropFirst(sample.utf8.count + 1)) }
    }

    private func exchange(_ request: [UInt8]) throws -> [UInt8] {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { throw Missing(what: "a socket") }
        defer { close(descriptor) }
        var address = Observed.loopback(port: port)
        let connected = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard connected == 0 else { throw Missing(what: "a connection to port \(port)") }
        var limit = timeval(tv_sec: 60, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        guard send(descriptor, request, request.count, Int32(MSG_NOSIGNAL)) == request.count else {
            throw Missing(what: "a way to send")
        }
        var answer: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = recv(descriptor, &buffer, buffer.count, 0)
            if count <= 0 { return answer }
            answer += buffer.prefix(count)
        }
    }
}
