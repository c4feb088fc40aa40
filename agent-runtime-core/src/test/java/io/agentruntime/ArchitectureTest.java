package io.agentruntime;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import com.tngtech.archunit.lang.syntax.ArchRuleDefinition;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The levels of the house: arrows point downward only, and every package is on the drawing. */
class ArchitectureTest {
    private static final String ROOT = "io.agentruntime";

    /** The drawing, lowest level first. The empty name is the root package: it sees all, and none sees it. */
    private static final List<Set<String>> LEVELS = List.of(
            Set.of("base"),
            Set.of("context", "lifecycle", "ratelimit"),
            Set.of("storage", "executor"),
            Set.of("cache", "queue", "resilience"),
            Set.of("session", "usage", "quota", "audit", "bulk"),
            Set.of("chat"),
            Set.of(""));

    @Test
    void classes_ofEveryPackage_dependOnLowerLevelsOnly() {
        var production = new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                .importPackages(ROOT);
        ArchRuleDefinition.classes().should(new KeepToTheDrawing()).check(production);
    }

    private static int level(JavaClass type) {
        String name = type.getPackageName().substring(ROOT.length());
        for (int level = 0; level < LEVELS.size(); level++) {
            if (LEVELS.get(level).contains(name.isEmpty() ? name : name.substring(1))) {
                return level;
            }
        }
        return -1;
    }

    private static final class KeepToTheDrawing extends ArchCondition<JavaClass> {
        KeepToTheDrawing() {
            super("stand in a package of the drawing and depend on their own package or lower levels only");
        }

        @Override
        public void check(JavaClass origin, ConditionEvents events) {
            if (level(origin) < 0) {
                events.add(SimpleConditionEvent.violated(
                        origin, origin.getName() + " is in " + origin.getPackageName() + ", which no level has"));
                return;
            }
            for (var dependency : origin.getDirectDependenciesFromSelf()) {
                JavaClass target = dependency.getTargetClass().getBaseComponentType();
                boolean ours = target.getPackageName().equals(ROOT)
                        || target.getPackageName().startsWith(ROOT + ".");
                boolean same = target.getPackageName().equals(origin.getPackageName());
                if (ours && !same && level(target) >= level(origin)) {
                    events.add(SimpleConditionEvent.violated(
                            origin,
                            "level " + level(origin) + " must not see level " + level(target) + ": "
                                    + dependency.getDescription()));
                }
            }
        }
    }
}
