import ArgumentParser
import Foundation
import RefundPolicy
import RefundWorker
import StoreFilling

/// What a new request costs a store of each size, beside the same request in the others: one round on each in turn, so
/// that what else the machine does meets them all alike.
@main
struct Growth: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "growth", abstract: "What a new request costs a store of each size.",
        discussion: """
            Batches of new requests are decided and committed, and confirmed with the next batch, as a lane does it, \
            and nothing else. Stores are made if they are not there yet, and kept.

            EXAMPLES:
              growth /tmp/growth 0:0 1000000:200000
              growth --ids ordered postgresql://refund@127.0.0.1/refund 0:0 5000000:1000000
            """)

    @Option(help: "Whether new ids fall among the others' (random) or behind them (ordered).")
    var ids = NewRequests.IDs.random
    @Option(help: "Rounds on each store.")
    var rounds = 40
    @Option(help: "Requests in a batch.")
    var batch = 512
    @Argument(help: "A directory for SQLite files, or a URL of a PostgreSQL database.")
    var place: String
    @Argument(help: "FINISHED:OPEN, how many cases are there; the first is what the others are compared with.")
    var sizes: [StoreSize] = [StoreSize(argument: "0:0"), StoreSize(argument: "1000000:200000")].compactMap(\.self)

    func run() throws {
        let stores = try sizes.map { try open($0) }
        var costs = stores.map { _ in [Cost]() }
        for round in 0..<rounds + 2 {
            tell("round \(round + 1) of \(rounds + 2)")
            for (index, store) in stores.enumerated() {
                let cost = try store.requests.measure(batch: batch, server: store.server)
                // The first two rounds fill what each store keeps in memory.
                if round >= 2 { costs[index].append(cost) }
            }
        }
        tell("")
        report(costs.map(Cost.median))
    }

    private func open(_ size: StoreSize) throws -> MeasuredStore {
        let filling = StoreFilling(finished: size.finished, open: size.open, at: MeasuredStore.filledAt)
        func told(_ count: Int) { tell("filling \(size): \(count)") }
        return place.hasPrefix("postgres")
            ? try MeasuredStore(postgres: place, filling, ids: ids, onProgress: told)
            : try MeasuredStore(directory: place, filling, ids: ids, onProgress: told)
    }

    private func report(_ costs: [Cost]) {
        print("batches of \(batch), \(ids.rawValue) ids, median of \(rounds) rounds, microseconds a request")
        print("finished\topen\telapsed\tratio\tCPU\tratio")
        for (size, cost) in zip(sizes, costs) {
            let elapsed = cost.elapsed / costs[0].elapsed
            let processor = cost.processor / costs[0].processor
            print(
                String(
                    format: "%d\t%d\t%.1f\t%.2f\t%.1f\t%.2f", size.finished, size.open, cost.elapsed, elapsed,
                    cost.processor, processor))
        }
    }

    private func tell(_ text: String) {
        FileHandle.standardError.write(Data("\r\u{1B}[K\(text)".utf8))
    }
}

/// How many cases a store has.
struct StoreSize: ExpressibleByArgument, CustomStringConvertible {
    let finished: Int
    let open: Int

    init?(argument: String) {
        let counts = argument.split(separator: ":").map { Int($0) }
        guard counts.count == 2, let finished = counts[0], let open = counts[1], finished >= 0, open >= 0 else {
            return nil
        }
        (self.finished, self.open) = (finished, open)
    }

    var description: String { "\(finished):\(open)" }
}

extension NewRequests.IDs: ExpressibleByArgument {}
