import RefundPolicy
import RefundWorker

/// Judges whether payouts go on.
func judgeBrake(_ brake: PayoutBrake, at now: Instant) -> DoctorFinding {
    let topic = DoctorTopic.store
    guard let pause = brake.pause else { return topic.good("payouts", "they go on; no pause stands") }
    return topic.warning(
        "payouts", "paused since \(pause.at) (\(pause.at.distance(from: now))) by \(pause.by): \(pause.note)",
        meaning: "no payout that is not with the broker yet is sent, by any worker, until somebody lets them go",
        remedy: "refund-worker payouts resume --note WHY, as refund-operator, once what it was made for is mended")
}
