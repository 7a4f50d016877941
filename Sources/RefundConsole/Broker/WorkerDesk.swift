internal import NIOCore
internal import NIOPosix
internal import RefundService
internal import Synchronization

/// Asks workers how they stand, each within a short time.
final class WorkerDesk: Sendable {
    private let addresses: [WorkerAddress]
    private let known = Mutex<(at: ContinuousClock.Instant, statuses: [WorkerStatus])?>(nil)

    init(addresses: [WorkerAddress]) {
        self.addresses = addresses
    }

    private static let patience = Duration.seconds(1)
    private static let freshness = Duration.seconds(2)
    private static let largestAnswer = 262_144

    /// All workers, in the order of the setting.
    func statuses() async -> [WorkerStatus] {
        if let known = known.withLock({ $0 }), .now - known.at < WorkerDesk.freshness { return known.statuses }
        let statuses = await withTaskGroup(of: (Int, WorkerStatus).self) { group in
            for (index, address) in addresses.enumerated() {
                group.addTask { (index, await WorkerDesk.status(of: address)) }
            }
            var statuses: [(Int, WorkerStatus)] = []
            for await status in group { statuses.append(status) }
            return statuses.sorted { $0.0 < $1.0 }.map(\.1)
        }
        known.withLock { $0 = (.now, statuses) }
        return statuses
    }

    private static func status(of address: WorkerAddress) async -> WorkerStatus {
        do {
            let answer = try await withThrowingTaskGroup(of: [UInt8]?.self) { group in
                group.addTask { try await ask(address) }
                group.addTask {
                    // The other half of a race: whichever ends first cancels the other.
                    try await Task.sleep(for: patience)
                    return nil
                }
                defer { group.cancelAll() }
                return try await group.next() ?? nil
            }
            guard let answer else {
                return WorkerStatus(address: address, report: .unreachable("no answer within a second"))
            }
            return WorkerStatus(address: address, report: read(answer))
        } catch {
            return WorkerStatus(address: address, report: .unreachable("no connection"))
        }
    }

    /// HTTP/1.0, whose answer ends with the connection.
    private static func ask(_ address: WorkerAddress) async throws -> [UInt8] {
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connectTimeout(.seconds(1))
            .connect(host: address.host, port: Int(address.port)) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
                }
            }
        return try await channel.executeThenClose { inbound, outbound in
            try await outbound.write(
                ByteBuffer(
                    string: "GET /status HTTP/1.0\r\nHost: \(address)\r\nAccept: application/json\r\n"
                        + "Connection: close\r\n\r\n"))
            var answer: [UInt8] = []
            for try await part in inbound {
                answer += part.readableBytesView
                if answer.count > largestAnswer || isWhole(answer) { break }
            }
            return answer
        }
    }

    private static let headEnd = Array("\r\n\r\n".utf8)

    /// Whether as much has come as the answer says it has, for servers that keep the connection open.
    private static func isWhole(_ answer: [UInt8]) -> Bool {
        guard let end = answer.firstRange(of: headEnd) else { return false }
        let head = String(decoding: answer[..<end.lowerBound], as: UTF8.self).lowercased()
        guard let line = head.split(separator: "\r\n").first(where: { $0.hasPrefix("content-length:") }),
            let length = Int(line.dropFirst("content-length:".count).filter { $0 != " " })
        else { return false }
        return answer.count - end.upperBound >= length
    }

    private static func read(_ answer: [UInt8]) -> WorkerStatus.Report {
        guard let end = answer.firstRange(of: headEnd) else { return .unreachable("no answer of HTTP") }
        let status = String(decoding: answer.prefix(16), as: UTF8.self).split(separator: " ").dropFirst().first ?? ""
        guard status == "200" else { return .unreachable("it answers GET /status with \(status.prefix(3))") }
        return WorkerStatus.Report(reading: Array(answer[end.upperBound...]))
    }
}
