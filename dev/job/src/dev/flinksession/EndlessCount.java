package dev.flinksession;

import org.apache.flink.api.common.accumulators.LongCounter;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.functions.RichMapFunction;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;

/**
 * Counts numbers by their last digit, a thousand a second, until it is stopped: a job with state, for all that is done to running ones.
 *
 * <p>Its name is its arguments, each between bars, so one can see how they arrive; EndlessCount without any. The accumulator
 * "records" says how many numbers it has counted.
 */
public final class EndlessCount {

    private EndlessCount() {}

    public static void main(String[] args) throws Exception {
        build().execute(args.length == 0 ? "EndlessCount" : "|" + String.join("|", args) + "|");
    }

    /** The job, not submitted yet. */
    static StreamExecutionEnvironment build() {
        StreamExecutionEnvironment environment = StreamExecutionEnvironment.getExecutionEnvironment();
        environment
                .fromSequence(1, Long.MAX_VALUE)
                .uid("numbers")
                .map(EndlessCount::slowly)
                .returns(Types.LONG)
                .keyBy(number -> number % 10, Types.LONG)
                .map(new Count())
                .uid("count")
                .sinkTo(new DiscardingSink<>());
        return environment;
    }

    private static Long slowly(Long number) throws InterruptedException {
        Thread.sleep(1);
        return number;
    }

    private static final class Count extends RichMapFunction<Long, Long> {

        private static final long serialVersionUID = 1L;

        private final LongCounter records = new LongCounter();
        private transient ValueState<Long> count;

        @Override
        public void open(OpenContext context) {
            getRuntimeContext().addAccumulator("records", records);
            count = getRuntimeContext().getState(new ValueStateDescriptor<>("count", Types.LONG));
        }

        @Override
        public Long map(Long number) throws Exception {
            records.add(1L);
            Long before = count.value();
            count.update(before == null ? 1L : before + 1L);
            return number;
        }
    }
}
