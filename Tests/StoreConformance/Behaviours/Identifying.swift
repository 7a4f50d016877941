import RefundCase
import RefundPolicy
import RefundWorker
import Testing

/// What a store does that meets another in its place.
extension StoreBehaviour {
    static var identifying: [StoreBehaviour] {
        [
            StoreBehaviour("a store keeps its identity from its first opening on") { fixture in
                let desk = try Desk(fixture)
                let identity = try #require(fixture.identity(of: desk.store))
                try desk.open(RequestText("rr-1"))
                try desk.reopen()
                #expect(fixture.identity(of: desk.store) == identity)
            },
            standing(.nothing), standing(.anotherStore),
            StoreBehaviour("a copy of an earlier time is told from the store by what it lacks") { fixture in
                let desk = try Desk(fixture)
                try desk.open(RequestText("rr-1"))
                try fixture.keepCopy()
                try desk.open(RequestText("rr-2"))
                try exchange(.earlierCopy, under: desk)
                for _ in 0..<2 { expectError(.exchanged) { try desk.open(RequestText("rr-3")) } }
                try fixture.close(desk.store)
                // A person who starts the worker anew has looked.
                let anew = try Desk(fixture)
                #expect(try anew.find("rr-1") != nil)
                #expect(try anew.find("rr-2") == nil && anew.find("rr-3") == nil)
            },
            StoreBehaviour("a copy of this very moment is as good as the store") { fixture in
                let desk = try Desk(fixture)
                try desk.open(RequestText("rr-1"))
                try fixture.keepCopy()
                try exchange(.earlierCopy, under: desk)
                try desk.open(RequestText("rr-2"))
                #expect(try desk.find("rr-1") != nil && desk.find("rr-2") != nil)
            },
        ]
    }

    /// A worker may find its connection lost first.
    private static func exchange(_ exchange: StoreExchange, under desk: Desk) throws {
        try desk.fixture.exchange(exchange)
        _ = try? desk.find("rr-1")
    }

    /// Nothing is written until the right one is back, and then the same worker goes on.
    private static func standing(_ exchange: StoreExchange) -> StoreBehaviour {
        StoreBehaviour("a worker writes nothing while \(exchange) is in its store's place, and goes on afterwards") {
            fixture in
            let desk = try Desk(fixture)
            try desk.open(RequestText("rr-1"))
            try self.exchange(exchange, under: desk)
            for _ in 0..<2 {
                expectError(.exchanged) { try desk.open(RequestText("rr-2")) }
                expectError(.exchanged) { _ = try desk.claim(at: Times.after(.seconds(60))) }
            }
            try fixture.exchange(.back)
            #expect(try desk.find("rr-2") == nil)
            try desk.open(RequestText("rr-2"))
            #expect(try fixture.openReader().counts()[.approved] == 2)
        }
    }
}
