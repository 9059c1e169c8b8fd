package digitstream.training.report;

import gg.jte.ContentType;
import gg.jte.TemplateEngine;
import gg.jte.output.StringOutput;

/** Renders the template {@code src/main/jte/report.jte}, which the build compiles into this package. */
final class ReportPage {
    private static final TemplateEngine TEMPLATES = TemplateEngine.createPrecompiled(
            null, ContentType.Html, ReportPage.class.getClassLoader(), ReportPage.class.getPackageName());

    private ReportPage() {}

    /** The page as HTML. Every value is escaped for the place where it stands. */
    static String toHtml(ReportView view) {
        StringOutput html = new StringOutput();
        TEMPLATES.render("report.jte", view, html);
        return html.toString();
    }
}
