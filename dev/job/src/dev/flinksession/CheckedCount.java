package dev.flinksession;

import org.apache.flink.api.common.accumulators.LongCounter;
import org.apache.flink.api.common.accumulators.LongMaximum;
import org.apache.flink.api.common.accumulators.LongMinimum;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.functions.RichMapFunction;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;

/**
 * Counts numbers by their last digit, and knows what each count has to be: whether failures lose or repeat anything is to be seen.
 *
 * <p>The numbers come in order, so the number n is the ⌈n/10⌉th of its digit. The accumulator "wrong" says how many counts were others;
 * "first" and "last" which numbers this attempt has seen. It checkpoints every second, and runs until it is stopped.
 */
public final class CheckedCount {

    private CheckedCount() {}

    public static void main(String[] args) throws Exception {
        StreamExecutionEnvironment environment = StreamExecutionEnvironment.getExecutionEnvironment();
        environment.setParallelism(1);
        environment.enableCheckpointing(1000);
        environment
                .fromSequence(1, Long.MAX_VALUE)
                .uid("numbers")
                .map(CheckedCount::slowly)
                .returns(Types.LONG)
                .keyBy(number -> number % 10, Types.LONG)
                .map(new Count())
                .uid("count")
                .sinkTo(new DiscardingSink<>());
        environment.execute("CheckedCount");
    }

    private static Long slowly(Long number) throws InterruptedException {
        Thread.sleep(1);
        return number;
    }

    private static final class Count extends RichMapFunction<Long, Long> {

        private static final long serialVersionUID = 1L;

        private final LongCounter wrong = new LongCounter();
        private final LongMinimum first = new LongMinimum();
        private final LongMaximum last = new LongMaximum();
        private transient ValueState<Long> count;

        @Override
        public void open(OpenContext context) {
            getRuntimeContext().addAccumulator("wrong", wrong);
            getRuntimeContext().addAccumulator("first", first);
            getRuntimeContext().addAccumulator("last", last);
            count = getRuntimeContext().getState(new ValueStateDescriptor<>("count", Types.LONG));
        }

        @Override
        public Long map(Long number) throws Exception {
            Long before = count.value();
            long now = before == null ? 1L : before + 1L;
            count.update(now);
            if (now != (number + 9) / 10) {
                wrong.add(1L);
            }
            first.add(number);
            last.add(number);
            return number;
        }
    }
}
