internal import Logging
internal import RefundPolicy
internal import RefundWorker

/// What a lane's thread does when another store is where its own was: the store is asked again and again, and until it is
/// the right one nothing comes in and nothing goes out.
extension LaneThread {
    func withdraw() {
        guard !isWithdrawn else { return }
        isWithdrawn = true
        log.error("the store is another than it was: nothing is taken, committed or published until that is mended")
        show {
            $0.storeIsAnother = true
            $0.publisher = .lost(problem: "nothing may go out while the store is another.", isMissing: false)
        }
        noteAlarm(nil)
        // Before the lane hears that the order has failed: it would publish what waits.
        if let epoch = publisher.lose(uptime: uptime) { tell(.publisherLost(epoch: epoch, refusal: nil)) }
        for place in consumers.indices {
            guard let epoch = consumers[place].lose(uptime: uptime) else { continue }
            noteGivenBack(consumers[place].source)
            tell(.consumerLost(epoch: epoch))
        }
    }

    func comeBack() {
        isWithdrawn = false
        show { $0.storeIsAnother = false }
        log.info("the store is the one that it was; work goes on")
    }
}
