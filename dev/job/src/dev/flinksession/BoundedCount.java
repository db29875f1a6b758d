package dev.flinksession;

import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;

/**
 * Counts a bounded sequence of numbers by their last digit, through a shuffle, and ends.
 *
 * <p>It reads and writes nothing outside the cluster, so a cluster that finishes it has done all that a job asks of one: JobManager
 * and TaskManagers found each other, slots were allocated, and records went over the network. Its parallelism is the cluster's.
 * The only argument is how many numbers to count, one million unless given.
 */
public final class BoundedCount {

    private BoundedCount() {}

    public static void main(String[] args) throws Exception {
        long count = args.length == 0 ? 1_000_000L : Long.parseLong(args[0]);
        StreamExecutionEnvironment environment = StreamExecutionEnvironment.getExecutionEnvironment();
        environment
                .fromSequence(1, count)
                .map(number -> number % 10)
                .returns(Types.LONG)
                .keyBy(digit -> digit, Types.LONG)
                .map(digit -> 1L)
                .returns(Types.LONG)
                .sinkTo(new DiscardingSink<>());
        environment.execute("BoundedCount");
    }
}
