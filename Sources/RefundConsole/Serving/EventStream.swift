internal import Hummingbird
internal import HummingbirdCore
internal import NIOCore
internal import ServiceLifecycle
internal import Synchronization

/// Tells a browser when its page has changed, as server-sent events, for as long as it listens.
struct EventStream: Sendable {
    let live: LivePage
    /// Given back when the stream ends.
    let place: StreamLimit.Place

    private static let interval = Duration.seconds(2)

    /// Ends when the browser goes away, the page can't be made any more, or the console stops.
    func write(to writer: inout any ResponseBodyWriter) async {
        var shown = ""
        do {
            while !Task.isShuttingDownGracefully {
                let picture = try await live.render()
                // The time alone is no news.
                let markup = picture.page.markup.replacing(exactTime(picture.at).markup, with: "")
                if markup == shown {
                    try await writer.write(ByteBuffer(string: ": still\n\n"))
                } else {
                    shown = markup
                    let lines = picture.page.markup.split(separator: "\n", omittingEmptySubsequences: false)
                    let data = lines.map { "data: \($0)\n" }.joined()
                    try await writer.write(ByteBuffer(string: "event: page\n\(data)\n"))
                }
                // Neither store nor broker tells of changes, so pages are made anew at intervals.
                try await cancelWhenGracefulShutdown { try await Task.sleep(for: EventStream.interval) }
            }
        } catch {
            // The browser asks again by itself, and then is told what is wrong.
            try? await writer.write(ByteBuffer(string: "event: end\ndata: \n\n"))
        }
        withExtendedLifetime(place) {}
    }
}

/// How many browsers may listen at once.
final class StreamLimit: Sendable {
    /// One browser's place, which is free again once nobody holds this.
    final class Place: Sendable {
        private let limit: StreamLimit

        init(_ limit: StreamLimit) {
            self.limit = limit
        }

        deinit {
            limit.count.subtract(1, ordering: .relaxed)
        }
    }

    private let count = Atomic<Int>(0)

    private static let most = 32

    func take() -> Place? {
        guard count.add(1, ordering: .relaxed).newValue <= StreamLimit.most else {
            count.subtract(1, ordering: .relaxed)
            return nil
        }
        return Place(self)
    }
}
