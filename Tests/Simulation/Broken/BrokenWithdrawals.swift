import RefundMessages
import RefundPolicy
import RefundWorker

/// Decides some withdrawals after the rest of their batch.
final class SplitsBatches: Sabotage {
    private let comesLate: (InboundDelivery, StoreOrder) -> Bool

    init(comesLate: @escaping (InboundDelivery, StoreOrder) -> Bool) { self.comesLate = comesLate }

    func fulfil(
        _ order: StoreOrder, _ carryOut: (StoreOrder) throws(StoreError) -> StoreReport
    ) throws(StoreError) -> StoreReport {
        let late = order.deliveries.indices.filter { index in
            let delivery = order.deliveries[index]
            return delivery.says("refund.withdrawn", of: delivery.requestID) && comesLate(delivery, order)
        }
        guard order.refusal == nil, !late.isEmpty else { return try carryOut(order) }
        var first = order
        first.deliveries = order.deliveries.indices.filter { !late.contains($0) }.map { order.deliveries[$0] }
        var report = try carryOut(first)
        let rest = try carryOut(
            StoreOrder(recording: [], deliveries: late.map { order.deliveries[$0] }, actsOnDue: false))
        for (index, disposition) in zip(late, rest.dispositions) { report.dispositions.insert(disposition, at: index) }
        report.cancelled.formUnion(rest.cancelled)
        return report
    }
}

/// Acknowledges withdrawals of cases that are there, and does nothing about them.
final class LosesWithdrawals: Sabotage {
    /// Requests that were decided.
    private var known: Set<String> = []

    func fulfil(
        _ order: StoreOrder, _ carryOut: (StoreOrder) throws(StoreError) -> StoreReport
    ) throws(StoreError) -> StoreReport {
        let lost = order.deliveries.indices.filter { index in
            let delivery = order.deliveries[index]
            return known.contains(delivery.requestID ?? "")
                && delivery.says("refund.withdrawn", of: delivery.requestID)
        }
        guard order.refusal == nil else { return try carryOut(order) }
        var rest = order
        rest.deliveries = order.deliveries.indices.filter { !lost.contains($0) }.map { order.deliveries[$0] }
        var report = try carryOut(rest)
        for delivery in rest.deliveries where delivery.says("refund.requested", of: delivery.requestID) {
            delivery.requestID.map { _ = known.insert($0) }
        }
        for index in lost { report.dispositions.insert(.publish([]), at: index) }
        return report
    }
}

/// Sends both commands at once, whatever the policy says of thinking again.
final class CoolsNothing: Sabotage {
    func policy(_ policy: PolicyVersion) -> PolicyVersion {
        var policy = policy
        policy.coolingOff = .zero
        return policy
    }
}

extension InboundDelivery {
    var requestID: String? {
        if case .whole(let body) = body { Text.member("request_id", of: body) } else { nil }
    }

    /// Whether it is of that type, and about that request.
    func says(_ type: String, of request: String?) -> Bool {
        guard case .success(let known) = self.type else { return false }
        return known.rawValue == type && request != nil && requestID == request
    }
}
